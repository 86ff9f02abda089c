"""swarm-cronjob, job-keeper and the clean-up as services: what the Swarm is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from components.naming import SwarmStack
from components.services.database import Database
from components.services.db_cleanup import DbCleanup, DbCleanupArgs, database_url, password_line
from components.services.job_keeper import JobKeeper, JobKeeperArgs
from components.services.swarm_cronjob import SwarmCronjob, SwarmCronjobArgs
from tests.components.engine import Engine, drained
from tests.components.services_under_test import PASSWORD, config_text, container, service

STACK = SwarmStack("llmproxy", "llmproxy", "test", prefix="a-")
DATABASE = Database("db", 5432, "gate way", "own:er", PASSWORD, "sslmode=require&connection_limit=3&pool_timeout=9")
CLEANUP = DbCleanupArgs(
    stack=STACK,
    docker_host="unix:///x",
    image="postgres:18.4",
    database=DATABASE,
    network_ids=["net-internal"],
    schedule="0 3 * * 0",
    time_zone="UTC",
    retention_days=90,
    batch_size=10_000,
    lock_timeout_seconds=2.5,
    statement_timeout_seconds=60,
)


def keeper() -> Engine:
    return drained(lambda: JobKeeper("job-keeper", JobKeeperArgs(stack=STACK, image="python:3", network_ids=["net-m"])))


def cronjob() -> Engine:
    args = SwarmCronjobArgs(stack=STACK, image="cronjob:1", network_ids=["net-i"])
    return drained(lambda: SwarmCronjob("swarm-cronjob", args))


@pytest.mark.parametrize("made", [keeper, cronjob])
def test_both_work_on_a_manager_with_its_socket_one_at_a_time(made: Any) -> None:
    wanted = service(made())
    spec = wanted["taskSpec"]["containerSpec"]
    assert wanted["taskSpec"]["placement"]["constraints"] == ["node.role==manager"]
    assert [mount["source"] for mount in spec["mounts"]] == ["/var/run/docker.sock"]
    assert (wanted["updateConfig"]["order"], spec["readOnly"], "envs" in spec) == ("stop-first", True, False)


def test_the_keeper_gets_its_program_as_configs_and_keeps_the_jobs_of_its_own_stack_only() -> None:
    engine = keeper()
    spec = container(engine)
    paths = {file["fileName"] for file in spec["configs"]}
    modules = ("__init__", "__main__", "engine", "exposition", "keeper", "labels", "reports")
    assert paths == {f"/opt/llmproxy/job_keeper/{name}.py" for name in modules}
    assert spec["args"] == [
        "com.docker.stack.namespace=a-llmproxy",
        "llmproxy.project=llmproxy",
        "llmproxy.stack=test",
    ]
    assert "class Keeper" in config_text(engine, "job-keeper-keeper")


def cleanup() -> Engine:
    return drained(lambda: DbCleanup("db-cleanup", CLEANUP))


def test_the_clean_up_is_called_as_in_the_original_and_its_password_is_in_a_file_alone() -> None:
    engine = cleanup()
    job = engine.one("pulumi-python:dynamic/swarm:ScheduledJob").inputs
    assert job["service_name"] == "a-llmproxy_db-cleanup"
    assert "--set=lock_timeout=2500ms" in job["args"]
    assert PASSWORD not in str(job)
    (secret,) = engine.of_type("docker:index/secret:Secret").values()
    assert secret.is_secret("data")
    # libpq refuses a password file that others can read.
    assert [(file["mode"], file["uid"]) for file in job["secrets"]] == [(0o400, "65534")]
    assert job["user"] == "65534:65534"


def test_a_password_file_line_holds_any_password() -> None:
    assert password_line("a:b\\c d") == "*:*:*:*:a\\:b\\\\c d\n"


def test_the_address_names_no_password_and_no_option_that_libpq_refuses() -> None:
    url = database_url(DATABASE, str(DATABASE.user))
    assert url.startswith("postgresql://own%3Aer@db:5432/gate%20way?sslmode=require&connect_timeout=10&")
    assert "passfile=%2Frun%2Fsecrets%2Fpgpass" in url
    assert "connection_limit" not in url
