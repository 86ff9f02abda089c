"""Scheduled jobs: what is asked of the Swarm, what counts as a change, and how a change waits for a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import JsonValue

from components.errors import ChangedMeanwhile, JobFailed
from components.job_keeper import labels as names
from components.naming import SwarmStack
from components.scheduled_job import ScheduledJob, ScheduledJobProvider
from components.scheduled_job_args import ScheduledJobArgs
from components.scheduled_job_spec import ScheduledJobInputs, differences, service_body
from components.scheduled_job_write import REPORT_SECONDS, write
from components.service_args import NetworkAttachment, Resources
from components.swarm_state import ServiceSpec, TaskState
from tests.components.engine import drained
from tests.components.swarm import FAILED, RUNNING, FakeSwarm

INPUTS = ScheduledJobInputs(
    docker_host="unix:///x",
    service_name="llmproxy_clean-up",
    labels={"llmproxy.project": "p", "llmproxy.stack": "s"},
    image="box:1",
    command=["sh"],
    args=["-c", "true"],
    networks=[],
    secrets=[],
    configs=[],
    placement_constraints=["node.role==manager"],
    user="65534",
    job="clean-up",
    schedule="0 3 * * 0",
    time_zone="Europe/Berlin",
    late_after_seconds=691200,
    memory_limit_mib=64,
    memory_reservation_mib=0,
    cpu_limit=0.5,
    wait_seconds=60,
    changed_by_hand={},
)
DEFAULTS = {"TaskTemplate.Runtime": '"container"'}
COMPLETE = replace(FAILED, state="complete", exit_code=0)


def as_found(inputs: ScheduledJobInputs = INPUTS, *, replicas: int = 0, **labels: str) -> ServiceSpec:
    """The job as the engine tells of it, after swarm-cronjob and keeper wrote it."""
    body: dict[str, Any] = service_body(inputs)
    task = {**body["TaskTemplate"], "Runtime": "container", "ForceUpdate": 42}
    report = {f"llmproxy.job.{name.replace('_', '-')}": value for name, value in labels.items()}
    changed = {"TaskTemplate": task, "Labels": {**body["Labels"], **report}}
    return ServiceSpec("s1", 7, {**body, **changed, "Mode": {"Replicated": {"Replicas": replicas}}})


@dataclass
class Jobs(FakeSwarm):
    """An engine whose job changes with the time; `refusals` of the first updates are refused."""

    at: Callable[[float], ServiceSpec | None] = lambda _seconds: None
    going: Callable[[float], tuple[TaskState, ...]] = lambda _seconds: ()
    refusals: int = 0
    written: list[Mapping[str, JsonValue]] = field(default_factory=list)

    def spec(self, name_or_id: str) -> ServiceSpec | None:
        return self.at(self.seconds)

    def tasks(self, service_id: str) -> list[TaskState]:
        return list(self.going(self.seconds))

    def update_service(self, service_id: str, version: int, spec: Mapping[str, JsonValue]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ChangedMeanwhile("somebody else")
        self.written.append(spec)


def jobs(at: Callable[[float], ServiceSpec | None], **more: Any) -> Jobs:
    return Jobs(script=lambda _seconds: (None, []), at=at, **more)


def put(swarm: Jobs, inputs: ScheduledJobInputs, said: list[str] | None = None) -> dict[str, str]:
    say = [] if said is None else said
    return write(swarm, inputs, defaults=DEFAULTS, clock=swarm.clock, say=say.append)


def test_the_service_has_no_task_until_it_is_asked_for_one_and_the_labels_of_both_programs() -> None:
    body: Any = service_body(INPUTS)
    assert body["Mode"] == {"Replicated": {"Replicas": 0}}
    assert body["TaskTemplate"]["RestartPolicy"] == {"Condition": "none"}
    assert body["TaskTemplate"]["Resources"]["Limits"] == {"MemoryBytes": 64 * 1024 * 1024, "NanoCPUs": 500_000_000}
    assert body["Labels"] == {
        "llmproxy.project": "p",
        "llmproxy.stack": "s",
        "llmproxy.job": "clean-up",
        "llmproxy.job.schedule": "0 3 * * 0",
        "llmproxy.job.time-zone": "Europe/Berlin",
        "llmproxy.job.late-after-seconds": "691200",
        "swarm.cronjob.enable": "true",
        "swarm.cronjob.schedule": "CRON_TZ=Europe/Berlin 0 3 * * 0",
        "swarm.cronjob.skip-running": "true",
        "swarm.cronjob.replicas": "1",
    }


def test_what_cronjob_and_keeper_write_is_no_difference_and_anything_else_is() -> None:
    live = as_found(replicas=1, last_start="x", last_success="y", rows="5")
    assert differences(service_body(INPUTS), live.spec) == {"TaskTemplate.Runtime": "container"}
    spec: dict[str, Any] = {**live.spec, "Labels": {**live.labels, "mine": "1", "swarm.cronjob.enable": "false"}}
    assert set(differences(service_body(INPUTS), spec)) == {
        "TaskTemplate.Runtime",
        "Labels.mine",
        "Labels.swarm.cronjob.enable",
    }


def test_a_job_that_is_not_there_is_made() -> None:
    swarm = jobs(lambda _: None)
    put(swarm, INPUTS)
    assert swarm.made == [service_body(INPUTS)]


def test_a_job_that_is_as_it_should_be_is_not_written() -> None:
    swarm = jobs(lambda _: as_found(replicas=1), going=lambda _: (RUNNING,))
    assert put(swarm, INPUTS) == DEFAULTS
    assert swarm.written == []


def test_changed_labels_are_written_at_once_beside_a_run() -> None:
    swarm = jobs(lambda _: as_found(replicas=1, last_success="y"), going=lambda _: (RUNNING,))
    put(swarm, INPUTS.model_copy(update={"schedule": "0 4 * * 0"}))
    (spec,) = swarm.written
    labels: Any = spec["Labels"]
    task: Any = spec["TaskTemplate"]
    assert (labels["llmproxy.job.schedule"], labels[names.LAST_SUCCESS]) == ("0 4 * * 0", "y")
    assert (spec["Mode"], task["ForceUpdate"], swarm.seconds) == ({"Replicated": {"Replicas": 1}}, 42, 0)


def test_a_changed_task_waits_for_the_end_of_the_run_and_its_report() -> None:
    swarm = jobs(
        lambda seconds: as_found(replicas=1 if seconds < 33 else 0),
        going=lambda seconds: (RUNNING,) if seconds < 30 else (COMPLETE,),
    )
    said: list[str] = []
    put(swarm, INPUTS.model_copy(update={"image": "box:2"}), said)
    (spec,) = swarm.written
    assert (swarm.seconds, spec["Mode"]) == (33, {"Replicated": {"Replicas": 0}})
    assert said[0] == "job llmproxy_clean-up: waiting for the end of its run before it is changed (15 s)"


def test_a_keeper_that_is_not_there_does_not_hold_up_a_change() -> None:
    swarm = jobs(lambda _: as_found(replicas=1), going=lambda _: (COMPLETE,))
    put(swarm, INPUTS.model_copy(update={"image": "box:2"}))
    assert (len(swarm.written), swarm.seconds) == (1, REPORT_SECONDS)


def test_a_run_that_finds_no_node_does_not_hold_up_the_change_that_may_help_it() -> None:
    pending = replace(RUNNING, state="pending", message="no suitable node (constraints)")
    swarm = jobs(lambda _: as_found(replicas=1), going=lambda _: (pending,))
    put(swarm, INPUTS.model_copy(update={"placement_constraints": []}))
    assert len(swarm.written) == 1


def test_a_run_that_does_not_end_is_left_alone_and_told() -> None:
    swarm = jobs(lambda _: as_found(replicas=1), going=lambda _: (RUNNING,))
    with pytest.raises(JobFailed, match=r"not ended after 60 s.*docker service scale llmproxy_clean-up=0"):
        put(swarm, INPUTS.model_copy(update={"image": "box:2"}))
    assert swarm.written == []


def test_an_update_that_came_too_late_is_tried_again_but_not_for_ever() -> None:
    wanted = INPUTS.model_copy(update={"image": "box:2"})
    swarm = jobs(lambda _: as_found(), refusals=3)
    put(swarm, wanted)
    assert len(swarm.written) == 1
    with pytest.raises(JobFailed, match="20 changes of it were refused"):
        put(jobs(lambda _: as_found(), refusals=99), wanted)


def test_a_foreign_service_of_the_name_is_refused() -> None:
    foreign = as_found(INPUTS.model_copy(update={"labels": {"llmproxy.project": "p", "llmproxy.stack": "other"}}))
    with pytest.raises(JobFailed, match="which is not this job of this stack"):
        put(jobs(lambda _: foreign), INPUTS)


@pytest.mark.parametrize(
    ("changed", "changes", "replaces"),
    [
        ({}, False, []),
        ({"image": "box:2"}, True, []),
        ({"changed_by_hand": {"Labels.x": "1"}}, True, []),
        ({"wait_seconds": 5}, False, []),
        ({"docker_host": "tcp://y:1"}, False, []),
        ({"service_name": "other_clean-up"}, True, ["service_name"]),
    ],
)
def test_what_makes_a_change(changed: dict[str, Any], changes: bool, replaces: list[str]) -> None:
    old = INPUTS.model_dump()
    result = ScheduledJobProvider().diff("id", old, {**old, **changed})
    assert (result.changes, result.replaces) == (changes, replaces)


def test_the_resource_takes_its_lateness_from_its_schedule() -> None:
    args = ScheduledJobArgs(
        docker_host="unix:///x",
        stack=SwarmStack("llmproxy", "p", "s", prefix="a-", owner={"io.portainer.accesscontrol.public": "true"}),
        name="clean-up",
        schedule="0 3 * * 0",
        image="box:1",
        command=["true"],
        networks=[NetworkAttachment("n1")],
        resources=Resources(memory_limit_mib=64),
    )
    made = drained(lambda: ScheduledJob("clean-up", args)).one("pulumi-python:dynamic/swarm:ScheduledJob")
    assert made.inputs["service_name"] == "a-llmproxy_clean-up"
    assert made.inputs["labels"]["io.portainer.accesscontrol.public"] == "true"
    assert (made.inputs["late_after_seconds"], made.inputs["memory_limit_mib"]) == (8 * 86400, 64)
