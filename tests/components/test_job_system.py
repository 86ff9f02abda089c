"""One-shot jobs on a real Swarm, through the provider's own methods."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

from components import entrypoint, env_file
from components.job import JobProvider
from components.job_spec import JobInputs, service_body
from components.provider_border import parse
from tests.components.conftest import HOST, IMAGE, RealSwarm

pytestmark = pytest.mark.system

PASSWORD = "p@ss w:rd/%41'$x\"ü"


def props(swarm: RealSwarm, script: str, **changed: Any) -> dict[str, Any]:
    return {
        "docker_host": HOST,
        "service_name": f"{swarm.prefix}job",
        "labels": {"llmproxy.project": "test"},
        "image": IMAGE,
        "command": ["sh", "-c"],
        "args": [script],
        "networks": [],
        "secrets": [],
        "configs": [],
        "placement_constraints": [],
        "timeout_seconds": 30.0,
        "triggers": {},
        "secret_values": ["hush-hush-1"],
        "user": "",
        **changed,
    }


def failure(wanted: dict[str, Any]) -> str:
    with pytest.raises(pulumi.RunError) as caught:
        JobProvider().create(wanted)
    return str(caught.value)


def start(swarm: RealSwarm, wanted: dict[str, Any]) -> str:
    """Leaves a job behind, as a killed run does."""
    return str(swarm.post("/services/create", service_body(parse(JobInputs, wanted)))["ID"])


def test_a_job_that_ends_well_leaves_nothing_behind(swarm: RealSwarm) -> None:
    wanted = props(swarm, "exit 0")
    created = JobProvider().create(wanted)
    assert (created.id, created.outs) == (f"{swarm.prefix}job", wanted)
    assert swarm.names_like("job") == []
    assert swarm.containers_like("job") == []


def test_a_job_that_fails_tells_exit_code_and_masked_log_and_leaves_nothing_behind(swarm: RealSwarm) -> None:
    told = failure(props(swarm, "echo key hush-hush-1; echo P3009 >&2; exit 9"))
    assert f"job {swarm.prefix}job failed: it ended badly" in told
    assert "exit code 9" in told
    assert "P3009" in told
    assert "hush" not in told
    assert swarm.names_like("job") == []


def test_a_job_that_takes_too_long_is_stopped(swarm: RealSwarm) -> None:
    began = time.monotonic()
    told = failure(props(swarm, "echo waiting for a lock; sleep 60", timeout_seconds=4.0))
    assert "it did not end in time (time allowed: 4 s)" in told
    assert "waiting for a lock" in told
    assert time.monotonic() - began < 20
    assert swarm.names_like("job") == []


def test_a_job_that_finds_no_node_says_so_early(swarm: RealSwarm) -> None:
    told = failure(props(swarm, "exit 0", placement_constraints=["node.labels.nowhere==1"]))
    assert "it finds no node: no suitable node (scheduling constraints not satisfied on 1 node)" in told


def test_the_same_job_of_a_killed_run_is_waited_for_and_not_run_twice(swarm: RealSwarm) -> None:
    wanted = props(swarm, "sleep 3")
    start(swarm, wanted)
    began = time.monotonic()
    JobProvider().create(wanted)
    assert time.monotonic() - began < 8
    assert swarm.names_like("job") == []


def test_a_failed_leftover_is_removed_and_the_job_runs_again(swarm: RealSwarm) -> None:
    service_id = start(swarm, props(swarm, "exit 1"))
    wait_for(swarm, service_id, "failed")
    JobProvider().create(props(swarm, "exit 0"))
    assert swarm.names_like("job") == []


def test_two_at_once_are_one_after_the_other(swarm: RealSwarm) -> None:
    service_id = start(swarm, props(swarm, "sleep 4"))
    wait_for(swarm, service_id, "running")
    JobProvider().create(props(swarm, "exit 0"))
    assert swarm.names_like("job") == []


def test_another_job_that_does_not_end_is_an_error(swarm: RealSwarm) -> None:
    service_id = start(swarm, props(swarm, "sleep 60"))
    wait_for(swarm, service_id, "running")
    told = failure(props(swarm, "exit 0", timeout_seconds=2.0))
    assert "another run of it has not ended after 2 s" in told


def test_a_foreign_service_of_that_name_is_left_alone(swarm: RealSwarm) -> None:
    swarm.create("job", "sleep 60")
    assert "which is no job of this program" in failure(props(swarm, "exit 0"))
    assert swarm.names_like("job") == [f"{swarm.prefix}job"]


def wait_for(swarm: RealSwarm, service_id: str, state: str) -> None:
    for _ in range(100):
        if state in swarm.task_states(service_id):
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"the job was never {state}")


@pytest.fixture
def files(swarm: RealSwarm) -> Iterator[dict[str, Any]]:
    """The wrapper, an environment file and a password, as Swarm objects."""
    url = env_file.DatabaseUrl(user="u", password_file="/run/secrets/pw", host="db", port=5432, name="n")
    texts = {"sh": entrypoint.script(), "env": env_file.render({"PLAIN": "a b"}, database_urls={"URL": url})}
    configs = {name: swarm.client.create_config(f"{swarm.prefix}{name}", text.encode()) for name, text in texts.items()}
    encoded = base64.b64encode(PASSWORD.encode()).decode()
    secret = swarm.post("/secrets/create", {"Name": f"{swarm.prefix}pw", "Data": encoded})
    yield {
        "configs": [
            mounted(configs["sh"], f"{swarm.prefix}sh", entrypoint.PATH, 0o555),
            mounted(configs["env"], f"{swarm.prefix}env", env_file.PATH, 0o444),
        ],
        "secrets": [mounted(secret, f"{swarm.prefix}pw", "/run/secrets/pw", 0o400)],
    }
    for config in configs.values():
        swarm.client.remove_config(config["ID"])
    swarm.client.remove_secret(secret["ID"])


def mounted(created: dict[str, Any], name: str, path: str, mode: int) -> dict[str, Any]:
    return {"object_id": created["ID"], "object_name": name, "path": path, "mode": mode, "uid": "0", "gid": "0"}


def test_the_wrapper_gives_a_job_its_environment_in_busyboxs_shell_too(swarm: RealSwarm, files: dict[str, Any]) -> None:
    escaped = "".join(f"%{byte:02x}" for byte in PASSWORD.encode())
    script = f'test "$PLAIN" = "a b" && test "$URL" = "postgresql://u:{escaped}@db:5432/n" && test $$ = 1'
    wanted = props(swarm, "", command=list(entrypoint.COMMAND), args=["sh", "-c", script], **files)
    assert JobProvider().create(wanted).id == f"{swarm.prefix}job"
