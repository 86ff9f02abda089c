"""What is decided about engine, Swarm, disk, ports and names before anything is made."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import docker
import pytest

from operations import disk, engine, ownership, ports, swarm
from operations.debian import Host
from operations.engine import OwnEngine
from operations.errors import Foreign, MissingPart, RefusedEngine
from operations.ownership import Live
from operations.stale_pid import remove_stale

HOST = "unix:///run/x.sock"
OURS = {"llmproxy.project": "llmproxy", "llmproxy.stack": "dev"}
DATABASE = {**OURS, ownership.TOKEN_LABEL: "t"}


@pytest.mark.parametrize(
    ("name_under_pid", "is_removed"), [(None, True), ("bash", True), ("dockerd", False)], ids=["dead", "other", "alive"]
)
def test_a_pid_file_goes_only_when_its_program_does_not_run(
    tmp_path: Path, name_under_pid: str | None, is_removed: bool
) -> None:
    pid_file = tmp_path / "dockerd.pid"
    pid_file.write_text("4711\n")

    assert remove_stale(pid_file, "dockerd", lambda _: name_under_pid) is is_removed
    assert pid_file.exists() is not is_removed


def test_a_pid_file_that_is_not_there_is_no_stale_one(tmp_path: Path) -> None:
    assert remove_stale(tmp_path / "none", "dockerd") is False


def test_a_pid_file_cut_off_by_a_crash_is_stale(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    assert remove_stale(tmp_path / "empty", "dockerd") is True


@pytest.mark.parametrize(
    ("state", "needs_init"),
    [
        ({"LocalNodeState": "inactive"}, True),
        ({"LocalNodeState": ""}, True),
        ({"LocalNodeState": "active", "ControlAvailable": True}, False),
    ],
)
def test_a_manager_is_used_and_an_engine_in_no_swarm_becomes_one(state: dict[str, object], needs_init: bool) -> None:
    assert swarm.needs_init(state, HOST) is needs_init


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (
            {"LocalNodeState": "active", "ControlAvailable": False, "RemoteManagers": [{"Addr": "10.0.0.1:2377"}]},
            "is a worker, allowed is a manager; .*10.0.0.1:2377",
        ),
        ({"LocalNodeState": "locked"}, "docker swarm unlock"),
        ({"LocalNodeState": "pending"}, "still joining"),
        ({"LocalNodeState": "error", "Error": "raft is gone"}, "raft is gone"),
    ],
)
def test_a_swarm_that_cannot_be_used_is_refused_with_the_way_out(state: dict[str, object], reason: str) -> None:
    with pytest.raises(RefusedEngine, match=reason):
        swarm.needs_init(state, HOST)


@dataclass(frozen=True)
class AnsweringEngine:
    """An engine that says one thing of its Swarm."""

    state: dict[str, object]

    def info(self) -> dict[str, object]:
        return {"Swarm": self.state}


def manager_of(state: dict[str, object]) -> None:
    swarm.require_manager(cast("docker.DockerClient", AnsweringEngine(state)), HOST)


def test_what_needs_a_manager_makes_none() -> None:
    manager_of({"LocalNodeState": "active", "ControlAvailable": True})

    with pytest.raises(RefusedEngine, match="is in none, allowed is a manager; make one of it: make up"):
        manager_of({"LocalNodeState": "inactive"})
    with pytest.raises(RefusedEngine, match="is a worker, allowed is a manager"):
        manager_of({"LocalNodeState": "active", "ControlAvailable": False})


@pytest.mark.parametrize("is_told_by", [swarm.require_manager, swarm.ensure_manager])
def test_an_engine_that_left_the_swarm_of_a_filled_stack_is_refused_in_one_line(
    is_told_by: Callable[..., object],
) -> None:
    left = cast("docker.DockerClient", AnsweringEngine({"LocalNodeState": "inactive"}))

    with pytest.raises(RefusedEngine, match=r"is in none, but the state holds .* type: docker swarm init ") as told:
        is_told_by(left, HOST, is_filled=True)

    assert "\n" not in str(told.value)


def test_a_silent_engine_that_somebody_named_is_not_replaced_by_ours(tmp_path: Path) -> None:
    own = OwnEngine(tmp_path / "ours.sock", tmp_path, tmp_path, tmp_path)

    with pytest.raises(RefusedEngine, match=r"does not answer \(no such socket\); start it"):
        engine.ensure(f"unix://{tmp_path}/theirs.sock", own, log_dir=tmp_path, say=lambda _: None)


def test_without_root_a_missing_engine_is_one_line(tmp_path: Path) -> None:
    own = OwnEngine(tmp_path / "ours.sock", tmp_path, tmp_path, tmp_path)

    with pytest.raises(MissingPart, match="needs root: run make as root, or start an engine and set DOCKER_HOST"):
        engine.ensure(own.host, own, log_dir=tmp_path, say=lambda _: None, machine=Host(is_root=False, apt_get=None))


def test_a_disk_that_is_too_full_is_refused_with_folder_and_figures() -> None:
    with pytest.raises(RefusedEngine, match=r"disk: /data: 500 MiB free, needed are 1024"):
        disk.require([Path("/data")], 1024, free=lambda _: 500)
    disk.require([Path("/data")], 1024, free=lambda _: 1024)


def test_free_disk_is_told_for_a_folder_that_is_not_made_yet(tmp_path: Path) -> None:
    assert disk.free_mib(tmp_path / "not" / "yet") == pytest.approx(disk.free_mib(tmp_path), rel=0.05)


def test_a_limit_that_is_no_number_is_refused() -> None:
    with pytest.raises(RefusedEngine, match="LLMPROXY_MINIMUM_FREE_MIB: found 'much'"):
        disk.minimum_mib({"LLMPROXY_MINIMUM_FREE_MIB": "much"})


def test_the_owner_of_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = ports.owner_in_words(taken.getsockname()[1], ports.listeners())

    assert words is not None
    assert words.endswith(f"(pid {os.getpid()})")


def test_a_port_whose_owner_may_not_be_seen_is_taken_all_the_same() -> None:
    assert ports.owner_in_words(80, {80: []}) == "a process of another user (as root, type: ss -ltnp)"
    assert ports.owner_in_words(81, {80: []}) is None


def test_what_the_state_does_not_mention_is_refused_with_its_names() -> None:
    live = [Live("service", "llmproxy_litellm", OURS), Live("volume", "llmproxy-data_db", DATABASE)]
    state = {"resources": [{"outputs": {"name": "llmproxy_litellm"}}]}

    with pytest.raises(Foreign, match=r"volume llmproxy-data_db: found .* docker volume rm llmproxy-data_db$"):
        ownership.refuse_unknown(live, ownership.mentioned(state), "dev")


def test_what_a_killed_run_was_about_to_make_is_known() -> None:
    state = {"resources": [], "pending_operations": [{"resource": {"inputs": {"name": "llmproxy_litellm"}}}]}

    ownership.refuse_unknown([Live("service", "llmproxy_litellm", OURS)], ownership.mentioned(state), "dev")


def test_a_job_that_outlived_a_killed_run_is_no_stranger_but_one_of_another_stack_is() -> None:
    job = {**OURS, "llmproxy.job-digest": "x"}

    ownership.refuse_unknown([Live("service", "llmproxy_migrate", job)], frozenset(), "dev")
    with pytest.raises(Foreign):
        ownership.refuse_unknown([Live("service", "llmproxy_migrate", job)], frozenset(), "prod")
