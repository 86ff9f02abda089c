"""One-shot jobs: what is sent to the engine, and what is made of the answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.errors import JobFailed
from components.job import JobProvider
from components.job_run import run
from components.job_spec import JobInputs, digest, service_body
from components.swarm_state import ServiceState, TaskState
from tests.components.swarm import FAILED, RUNNING, SERVICE, FakeSwarm

INPUTS = JobInputs(
    docker_host="unix:///x",
    service_name="llmproxy_migrate",
    labels={"llmproxy.project": "p"},
    image="box:1",
    command=["/bin/sh"],
    args=["-c", "true"],
    networks=[],
    secrets=[],
    configs=[],
    placement_constraints=[],
    timeout_seconds=30,
    triggers={},
    secret_values=["hush-hush-1"],
    user="",
)
COMPLETE = replace(RUNNING, state="complete", desired_state="shutdown")
OURS = replace(SERVICE, job_digest=digest(INPUTS))


class Jobs(FakeSwarm):
    """A Swarm in which the job's service is there from its making to its removal; `found` is there before."""

    found: ServiceState | None = None

    def service(self, name_or_id: str) -> ServiceState | None:
        return None if self.removed else self.found


def swarm(task: TaskState, *, found: ServiceState | None = None, starts_at: float = 2) -> Jobs:
    jobs = Jobs(lambda seconds: (found, [task] if seconds >= starts_at else [replace(task, state="preparing")]))
    jobs.found = found
    return jobs


def test_the_job_is_one_task_that_is_never_restarted() -> None:
    body: Any = service_body(INPUTS)
    assert body["Mode"] == {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}
    assert body["TaskTemplate"]["RestartPolicy"] == {"Condition": "none"}


def test_the_job_has_no_environment_and_no_health_check() -> None:
    container: Any = service_body(INPUTS)["TaskTemplate"]
    assert "Env" not in container["ContainerSpec"]
    assert container["ContainerSpec"]["Healthcheck"] == {"Test": ["NONE"]}


def test_labels_say_whose_job_it_is_and_what_it_does() -> None:
    assert service_body(INPUTS)["Labels"] == {"llmproxy.project": "p", "llmproxy.job-digest": digest(INPUTS)}


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"image": "box:2"}, False),
        ({"args": ["-c", "false"]}, False),
        ({"triggers": {"volume": "t"}}, False),
        ({"timeout_seconds": 5}, True),
        ({"secret_values": []}, True),
        ({"docker_host": "tcp://y:1"}, True),
    ],
)
def test_the_digest_changes_with_what_the_job_does(changed: dict[str, Any], same: bool) -> None:
    assert (digest(INPUTS.model_copy(update=changed)) == digest(INPUTS)) is same


@pytest.mark.parametrize(
    ("changed", "again"),
    [({}, False), ({"image": "box:2"}, True), ({"triggers": {"a": "b"}}, True), ({"timeout_seconds": 9}, False)],
)
def test_the_job_runs_again_when_what_it_does_changes(changed: dict[str, Any], again: bool) -> None:
    old = INPUTS.model_dump()
    assert JobProvider().diff("job", old, {**old, **changed}).changes is again


def test_a_job_that_ends_well_is_removed() -> None:
    jobs = swarm(COMPLETE)
    run(jobs, INPUTS, clock=jobs.clock)
    assert (len(jobs.made), jobs.removed) == (1, ["s1"])


def test_a_job_that_fails_tells_exit_code_and_log_and_is_removed() -> None:
    jobs = swarm(FAILED)
    jobs.log = ["P3009 hush-hush-1"]
    with pytest.raises(JobFailed) as caught:
        run(jobs, INPUTS, secrets=["hush-hush-1"], clock=jobs.clock)
    assert "job llmproxy_migrate failed: it ended badly" in str(caught.value)
    assert "exit code 3" in str(caught.value)
    assert "P3009 [secret]" in str(caught.value)
    assert jobs.removed == ["s1"]


def test_a_job_that_does_not_end_is_stopped_at_its_own_time_out() -> None:
    jobs = swarm(RUNNING)
    with pytest.raises(JobFailed, match=r"it did not end in time \(time allowed: 30 s\)"):
        run(jobs, INPUTS, clock=jobs.clock)
    assert (jobs.seconds, jobs.removed) == (30, ["s1"])


def test_the_same_job_of_a_killed_run_is_adopted() -> None:
    jobs = swarm(COMPLETE, found=OURS)
    run(jobs, INPUTS, clock=jobs.clock)
    assert (jobs.made, jobs.removed) == ([], ["s1"])


def test_another_job_is_waited_for_and_removed_before_this_one_runs() -> None:
    jobs = swarm(COMPLETE, found=replace(SERVICE, job_digest="other"))
    run(jobs, INPUTS, clock=jobs.clock)
    assert (len(jobs.made), jobs.removed) == (1, ["s1", "s1"])


def test_another_job_that_does_not_end_is_an_error_and_left_alone() -> None:
    jobs = swarm(RUNNING, found=replace(SERVICE, job_digest="other"))
    with pytest.raises(JobFailed, match="docker service rm llmproxy_migrate"):
        run(jobs, INPUTS, clock=jobs.clock)
    assert (jobs.made, jobs.removed) == ([], [])


def test_a_service_that_is_no_job_of_ours_is_left_alone() -> None:
    jobs = swarm(COMPLETE, found=SERVICE)
    with pytest.raises(JobFailed, match="no job of this program"):
        run(jobs, INPUTS, clock=jobs.clock)
    assert (jobs.made, jobs.removed) == ([], [])
