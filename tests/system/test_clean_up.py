"""The clean-up of spend logs in a whole installation: made by `make up`, run by `make cleanup`, left alone by `up`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.system import service_image
from tests.system.as_found import left_as_found
from tests.system.installation import Installation, docker, until
from tests.system.outcome import assert_converged

LOCKED = 'BEGIN; LOCK TABLE "LiteLLM_SpendLogs" IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(300)'
LETS_GO = """SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE mode = 'AccessExclusiveLock' AND granted AND relation = '"LiteLLM_SpendLogs"'::regclass"""
OLD = """INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime")
SELECT 'old' || n, 'acompletion', now() - interval '91 days', now() - interval '91 days'
FROM generate_series(1, 1234) AS n"""


@pytest.fixture(scope="module")
def cleaned(gateway: Installation) -> Iterator[Installation]:
    """The gateway with the job switched on."""
    with left_as_found(gateway):
        gateway.setting("swarmCronjob.enabled", "true")
        gateway.setting("dbCleanup.enabled", "true")
        gateway.setting("dbCleanup.lockTimeoutSeconds", "1")
        gateway.make("up")
        yield gateway


@pytest.fixture(scope="module")
def other_image(cleaned: Installation) -> Iterator[str]:
    """The job's image under another name."""
    with service_image.other_image(cleaned, "db-cleanup") as name:
        yield name


def labels(gateway: Installation) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        docker("service", "inspect", gateway.service("db-cleanup"), "--format", "{{json .Spec.Labels}}")
    )
    return found


def tasks(gateway: Installation) -> list[str]:
    return docker("service", "ps", "-q", gateway.service("db-cleanup")).split()


def test_make_cleanup_deletes_what_is_old_and_tells_how_much_and_leaves_no_change(cleaned: Installation) -> None:
    cleaned.sql(OLD)
    told = cleaned.make("cleanup").stdout
    assert "clean-up: 1234 rows deleted" in told
    assert cleaned.sql("SELECT count(*) FROM \"LiteLLM_SpendLogs\" WHERE request_id LIKE 'old%'") == "0"
    assert labels(cleaned)["llmproxy.job.rows"] == "1234"
    assert_converged(cleaned)


def test_a_changed_image_or_setting_after_a_run_starts_no_task(cleaned: Installation, other_image: str) -> None:
    before = labels(cleaned)["llmproxy.job.last-start"]
    cleaned.setting("dbCleanup.retentionDays", "30")
    cleaned.setting("dbCleanup.image", other_image)
    cleaned.make("up")
    assert service_image.image_of(cleaned, "db-cleanup") == other_image
    time.sleep(5)
    assert tasks(cleaned) == []
    assert labels(cleaned)["llmproxy.job.last-start"] == before
    assert_converged(cleaned)


def test_the_deployed_swarm_cronjob_starts_it_when_its_time_has_come(cleaned: Installation) -> None:
    before = labels(cleaned)["llmproxy.job.last-success"]
    cleaned.setting("dbCleanup.schedule", "*/15 * * * * *")
    cleaned.make("up")
    until(lambda: labels(cleaned)["llmproxy.job.last-success"] != before, seconds=60)
    cleaned.setting("dbCleanup.schedule", "0 3 * * 0")
    cleaned.make("up")
    assert_converged(cleaned)


def test_a_lock_that_is_held_ends_the_command_with_the_exit_code_of_the_run(cleaned: Installation) -> None:
    holder = ["docker", "exec", "--detach", cleaned.container("db"), "sh", "-c"]
    password = 'export PGPASSWORD="$(cat /run/secrets/db-password)"; '
    cleaned.run([*holder, f"{password}psql -X -h 127.0.0.1 -U llmproxy -d llmproxy -c '{LOCKED}'"])
    asked = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
    until(lambda: cleaned.sql(asked) != "0", seconds=10)
    failed = cleaned.make("cleanup", expect=None)
    assert failed.returncode != 0
    assert "failed with exit code 3" in failed.stderr
    assert "lock timeout" in failed.stderr
    status = json.loads(cleaned.make("status", expect=None, JSON="1").stdout)
    (job,) = status["jobs"]
    assert "lock timeout" in json.dumps(job)
    assert cleaned.sql(LETS_GO) == "t"
    cleaned.make("cleanup")


def test_without_the_job_the_command_says_how_to_get_it(cleaned: Installation) -> None:
    cleaned.setting("dbCleanup.enabled", "false")
    cleaned.make("up")
    told = cleaned.make("cleanup", expect=None)
    assert told.returncode != 0
    assert "set swarmCronjob.enabled and dbCleanup.enabled to true, then: make up" in told.stderr
