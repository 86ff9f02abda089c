"""The rollout gate on a real Swarm, through the provider's own methods."""

from __future__ import annotations

import gc
import os
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.engine_connection import connect
from components.errors import EngineUnreachable
from components.rollout import RolloutGateProvider
from tests.components.conftest import HOST, IMAGE, RealSwarm
from tests.system.installation import free_port

pytestmark = pytest.mark.system

SERVE = "echo serving; trap 'exit 0' TERM; while :; do sleep 0.2; done"
LABEL = "llmproxy.spec-digest"


def props(swarm: RealSwarm, service_id: str, *, digest: str = "", host: str = HOST, **changed: Any) -> dict[str, Any]:
    service = {
        "service_id": service_id,
        "spec_digest": digest,
        "image": IMAGE,
        "replicas": 1.0,
        "monitor_seconds": 2.0,
        "alone_within_seconds": 0.0,
        "update_state": "settled",
        "running": "all",
    }
    return {
        "docker_host": host,
        "deadline_seconds": 40.0,
        "services": {f"{swarm.prefix}web": {**service, **changed}},
        "secret_values": ["hush-hush-1"],
    }


def failure(wanted: dict[str, Any]) -> str:
    with pytest.raises(pulumi.RunError) as caught:
        RolloutGateProvider().create(wanted)
    return str(caught.value)


def live(swarm: RealSwarm, wanted: dict[str, Any]) -> dict[str, Any]:
    read = RolloutGateProvider().read("gate", wanted)
    assert read.outs == read.inputs
    assert read.outs is not None
    service: dict[str, Any] = read.outs["services"][f"{swarm.prefix}web"]
    return service


def test_a_healthy_service_passes_and_passes_at_once_when_it_is_settled(swarm: RealSwarm) -> None:
    wanted = props(swarm, swarm.create("web", SERVE))
    assert RolloutGateProvider().create(wanted).outs == wanted
    began = time.monotonic()
    RolloutGateProvider().update("gate", wanted, wanted)
    assert time.monotonic() - began < 1
    read = RolloutGateProvider().read("gate", wanted)
    assert read.outs == wanted
    assert RolloutGateProvider().diff("gate", read.outs, wanted).changes is False


def test_a_task_that_ends_fails_with_exit_code_and_masked_log(swarm: RealSwarm) -> None:
    told = failure(props(swarm, swarm.create("web", "sleep 1; echo key hush-hush-1; echo bye >&2; exit 3")))
    assert "a task ended while the rollout was watched" in told
    assert "exit code 3" in told
    assert "Swarm says: task: non-zero exit (3)" in told
    assert "bye" in told
    assert "hush" not in told


def test_a_task_that_dies_in_the_monitor_time_fails_although_swarm_replaces_it(swarm: RealSwarm) -> None:
    service_id = swarm.create("web", "sleep 4; exit 1")
    told = failure(props(swarm, service_id, monitor_seconds=30.0))
    assert "exit code 1" in told


def test_a_completed_rollback_fails_the_gate_and_shows_as_drift_until_it_is_healed(swarm: RealSwarm) -> None:
    service_id = swarm.create("web", SERVE, labels={LABEL: "one"})
    RolloutGateProvider().create(props(swarm, service_id, digest="one"))
    swarm.update(service_id, "web", "echo broken; exit 5", labels={LABEL: "two"})
    wanted = props(swarm, service_id, digest="two")
    told = failure(wanted)
    assert "Swarm rolled the service back" in told
    assert "exit code 5" in told
    assert "broken" in told
    drifted = live(swarm, wanted)
    assert (drifted["update_state"], drifted["spec_digest"], drifted["running"]) == ("rollback_completed", "one", "all")
    # The program set back to what Swarm rolled back to: nothing is left to update, so the gate passes.
    RolloutGateProvider().create(props(swarm, service_id, digest="one"))
    swarm.update(service_id, "web", SERVE + " # healed", labels={LABEL: "three"})
    RolloutGateProvider().update("gate", wanted, props(swarm, service_id, digest="three"))
    assert live(swarm, props(swarm, service_id, digest="three"))["update_state"] == "settled"


def test_a_replica_count_changed_by_hand_shows_as_drift(swarm: RealSwarm) -> None:
    wanted = props(swarm, swarm.create("web", SERVE))
    RolloutGateProvider().create(wanted)
    subprocess.run(["docker", "service", "scale", "-d", f"{swarm.prefix}web=0"], check=True, capture_output=True)
    assert live(swarm, wanted)["replicas"] == 0
    read = RolloutGateProvider().read("gate", wanted)
    assert read.outs is not None
    assert RolloutGateProvider().diff("gate", read.outs, wanted).changes is True


def test_a_service_removed_by_hand_shows_as_drift_and_never_raises(swarm: RealSwarm) -> None:
    service_id = swarm.create("web", SERVE)
    swarm.remove(service_id)
    assert live(swarm, props(swarm, service_id))["update_state"] == "gone"


def test_a_task_that_finds_no_node_fails_early_with_swarms_words(swarm: RealSwarm) -> None:
    port = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": free_port(), "PublishMode": "host"}
    first = swarm.create("first", SERVE, ports=[port])
    # Else the second may get the port.
    RolloutGateProvider().create(props(swarm, first))
    began = time.monotonic()
    told = failure(props(swarm, swarm.create("web", SERVE, ports=[port])))
    assert "no suitable node (host-mode port already in use on 1 node)" in told
    assert time.monotonic() - began < 60


# The Docker SDK leaves the socket of a failed connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_engine_that_does_not_answer_is_named(swarm: RealSwarm) -> None:
    nowhere = props(swarm, "s1", host="unix:///nowhere/docker.sock")
    assert "Docker Engine at unix:///nowhere/docker.sock: no answer" in failure(nowhere)
    assert RolloutGateProvider().read("gate", nowhere).outs == nowhere
    gc.collect()  # now, and not in a test that comes later


def test_in_a_teardown_no_engine_is_asked(swarm: RealSwarm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMPROXY_TEARDOWN", "1")
    wanted = props(swarm, "gone", host="tcp://192.0.2.1:1")
    assert RolloutGateProvider().read("gate", wanted).outs == wanted


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class ToTheEngine(socketserver.BaseRequestHandler):
    """Passes one connection on to the engine, both ways, and closes both ends."""

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(HOST.removeprefix("unix://"))
            back = threading.Thread(target=pump, args=(engine, self.request))
            back.start()
            pump(self.request, engine)
            back.join()


@pytest.fixture
def tcp_host() -> Iterator[str]:
    """The same engine behind a TCP port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), ToTheEngine) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_the_gate_works_over_tcp(swarm: RealSwarm, tcp_host: str) -> None:
    wanted = props(swarm, swarm.create("web", SERVE), host=tcp_host)
    RolloutGateProvider().create(wanted)
    assert live(swarm, wanted)["running"] == "all"


def test_the_gate_works_over_ssh(swarm: RealSwarm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands in for ssh: runs the remote command here. What is tested is that the gate speaks through
    # `docker system dial-stdio`, as it does over a real ssh.
    program = tmp_path / "ssh"
    program.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\nexec "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    wanted = props(swarm, swarm.create("web", SERVE), host="ssh://admin@manager.example.com")
    RolloutGateProvider().create(wanted)
    assert live(swarm, wanted)["running"] == "all"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_engine_behind_ssh_that_does_not_answer_is_told_in_sshs_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\necho 'admin@manager: Permission denied (publickey).' >&2\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(EngineUnreachable, match=r"Permission denied \(publickey\)"), connect("ssh://admin@manager"):
        raise AssertionError("there is no engine")
    gc.collect()  # as above
