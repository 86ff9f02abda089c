"""What counts as not well, and in which words."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations.status.model import Door, JobStatus, ServiceStatus, Status

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOOR = Door("https://llm.example.com", "200", is_well=True, certificate_ends=NOW + timedelta(days=60))
SERVICE = ServiceStatus(
    "llmproxy_litellm", 1, 1, "litellm:1", NOW - timedelta(days=3), "completed", NOW, "healthy", (DOOR,)
)
JOB = JobStatus(
    "db-cleanup", "llmproxy_db-cleanup", "0 3 * * 0", False, NOW, NOW, 1.5, 10, None, last_error=None, is_late=False
)


def status(service: ServiceStatus = SERVICE, job: JobStatus = JOB) -> Status:
    return Status("dev", NOW, (service,), (job,))


def test_an_installation_in_which_all_runs_and_answers_is_well() -> None:
    assert status().problems() == []


@pytest.mark.parametrize(
    ("service", "problem"),
    [
        (
            replace(SERVICE, running=0, health="failing: task: non-zero exit (3)"),
            "llmproxy_litellm: 0 of 1 running (failing: task: non-zero exit (3))",
        ),
        (replace(SERVICE, made=None), "llmproxy_litellm: not there, though the state of the stack has it"),
        (replace(SERVICE, rollout="paused"), "llmproxy_litellm: its rollout is paused"),
        (
            replace(SERVICE, doors=(replace(DOOR, is_well=False, answer="404"),)),
            "llmproxy_litellm: https://llm.example.com: 404",
        ),
        (
            replace(SERVICE, doors=(replace(DOOR, certificate_ends=NOW + timedelta(days=13)),)),
            "llmproxy_litellm: https://llm.example.com: its certificate ends on 2026-12-07",
        ),
        (
            replace(SERVICE, doors=(replace(DOOR, distrust="self-signed certificate"),)),
            "llmproxy_litellm: https://llm.example.com: its certificate is not trusted here: self-signed certificate",
        ),
    ],
)
def test_a_service_that_is_not_well_is_told_with_the_reason(service: ServiceStatus, problem: str) -> None:
    assert status(service).problems() == [problem]


@pytest.mark.parametrize("rollout", ["created", "completed", "updating", "rollback_completed"])
def test_a_rollout_that_went_on_or_back_is_told_and_no_problem(rollout: str) -> None:
    assert status(replace(SERVICE, rollout=rollout)).problems() == []


@pytest.mark.parametrize(
    ("job", "problem"),
    [
        (
            replace(JOB, is_late=True, last_success=None),
            "job db-cleanup: late; it last ended well never yet (schedule 0 3 * * 0)",
        ),
        (
            replace(JOB, is_late=True),
            "job db-cleanup: late; it last ended well on 2026-11-24 12:00 UTC (schedule 0 3 * * 0)",
        ),
        (replace(JOB, last_error="deadlock"), "job db-cleanup: its last run failed: deadlock"),
    ],
)
def test_a_job_that_is_late_or_failed_is_told(job: JobStatus, problem: str) -> None:
    assert status(job=job).problems() == [problem]


def test_an_installation_of_which_nothing_is_there_is_not_well() -> None:
    assert Status("dev", NOW, ()).problems() == ["stack dev: nothing of it is there; make up brings it up"]


def test_json_says_the_same_in_camel_case_with_the_problems() -> None:
    document = json.loads(json.dumps(status(replace(SERVICE, running=0)).as_json()))

    assert document["at"] == "2026-11-24T12:00:00+00:00"
    (service,), (job,) = document["services"], document["jobs"]
    assert (service["wanted"], service["running"]) == (1, 0)
    assert service["doors"][0]["certificateEnds"] == "2027-01-23T12:00:00+00:00"
    assert (job["lastSuccess"], job["durationSeconds"], job["isLate"]) == ("2026-11-24T12:00:00+00:00", 1.5, False)
    assert document["problems"] == ["llmproxy_litellm: 0 of 1 running (healthy)"]
    assert document["keptVolumes"] == []
