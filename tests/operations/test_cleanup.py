"""`make cleanup`: what it starts, what it refuses, and what it says of the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import JsonValue

from components.errors import ChangedMeanwhile
from components.swarm_state import ServiceSpec, TaskState
from operations.commands.cleanup import Follower, follow, in_words, start
from operations.errors import Busy, OperationsError, RunFailed
from tests.components.swarm import RUNNING, FakeSwarm

NAME = "llmproxy_db-cleanup"
LABELS = {"llmproxy.project": "llmproxy", "llmproxy.stack": "dev", "llmproxy.job": "db-cleanup"}
DONE = {"last-start": "2026-01-02T00:00:00Z", "last-exit-code": "0", "rows": "5", "bytes": "6"}


def job(replicas: int = 0, **report: str) -> ServiceSpec:
    labels = {**LABELS, **{f"llmproxy.job.{name.replace('_', '-')}": value for name, value in report.items()}}
    spec: dict[str, Any] = {"Name": NAME, "Labels": labels, "Mode": {"Replicated": {"Replicas": replicas}}}
    return ServiceSpec("s1", 7, {**spec, "TaskTemplate": {}})


@dataclass
class Jobs(FakeSwarm):
    """An engine with one job; `at` gives it by the time."""

    at: Callable[[float], ServiceSpec | None] = lambda _seconds: job()
    running: tuple[TaskState, ...] = ()
    written: list[Mapping[str, JsonValue]] = field(default_factory=list)
    refusals: int = 0

    def spec(self, name_or_id: str) -> ServiceSpec | None:
        return self.at(self.seconds)

    def tasks(self, service_id: str) -> list[TaskState]:
        return list(self.running)

    def update_service(self, service_id: str, version: int, spec: Mapping[str, JsonValue]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ChangedMeanwhile("somebody else")
        self.written.append(spec)


def jobs(at: Callable[[float], ServiceSpec | None], **more: Any) -> Jobs:
    return Jobs(script=lambda _seconds: (None, []), at=at, **more)


def follower(swarm: Jobs) -> Follower:
    return Follower(say=lambda _text: None, monotonic=swarm.clock.monotonic, sleep=swarm.clock.sleep)


def test_a_run_is_asked_for_as_scale_does_also_when_somebody_wrote_first() -> None:
    swarm = jobs(lambda _: job(last_start="before"), refusals=2)
    assert start(swarm, NAME, "dev") == "before"
    assert [spec["Mode"] for spec in swarm.written] == [{"Replicated": {"Replicas": 1}}]


@pytest.mark.parametrize("found", [None, job(), replace(job(), spec={"Labels": {"llmproxy.job": "x"}})])
def test_what_is_no_job_of_this_stack_is_not_started(found: ServiceSpec | None) -> None:
    swarm = jobs(lambda _: found)
    with pytest.raises(OperationsError, match=r"has no job .* then: make up"):
        start(swarm, NAME, "dev" if found != job() else "prod")
    assert swarm.written == []


@pytest.mark.parametrize("swarm", [jobs(lambda _: job(replicas=1)), jobs(lambda _: job(), running=(RUNNING,))])
def test_a_second_run_beside_one_that_is_going_on_is_refused(swarm: Jobs) -> None:
    with pytest.raises(Busy, match=f"docker service scale {NAME}=0"):
        start(swarm, NAME, "dev")
    assert swarm.written == []


def test_the_report_of_the_new_run_is_waited_for() -> None:
    swarm = jobs(lambda seconds: job(last_start="new" if seconds > 90 else "old"), running=(RUNNING,))
    assert follow(swarm, "old", NAME, follower(swarm))["llmproxy.job.last-start"] == "new"
    assert swarm.seconds > 90


def test_nobody_waits_for_ever_for_a_report() -> None:
    swarm = jobs(lambda _: job(last_start="old"))
    with pytest.raises(OperationsError, match="no report of the run"):
        follow(swarm, "old", NAME, follower(swarm))


def test_a_job_that_is_removed_meanwhile_is_told() -> None:
    swarm = jobs(lambda seconds: job() if seconds < 3 else None, running=(RUNNING,))
    with pytest.raises(OperationsError, match="was removed while it ran"):
        follow(swarm, "", NAME, follower(swarm))


def test_rows_and_bytes_are_told() -> None:
    report = {f"llmproxy.job.{name}": value for name, value in DONE.items()}
    told = in_words({**report, "llmproxy.job.last-duration-seconds": "7.1"}, NAME)
    assert told == "clean-up: 5 rows deleted, 6 bytes given back to the disk, in 7.1 s"


@pytest.mark.parametrize(("given", "code"), [({"last-exit-code": "3"}, 3), ({}, 1), ({"last-exit-code": "0"}, 1)])
def test_a_failed_run_ends_the_command_with_its_exit_code(given: dict[str, str], code: int) -> None:
    report = {f"llmproxy.job.{name}": value for name, value in {**given, "last-error": "lock timeout"}.items()}
    with pytest.raises(RunFailed, match="lock timeout") as caught:
        in_words(report, NAME)
    assert caught.value.exit_code == code
