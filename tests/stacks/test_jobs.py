"""The jobs of an installation: what is made of the settings, and which settings are refused."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from stacks.settings import parse
from stacks.settings_errors import SettingsError
from tests.components.engine import Engine
from tests.stacks.whole_program import run

ON = {"swarmCronjob": {"enabled": True}, "dbCleanup": {"enabled": True, "timeZone": "Europe/Berlin"}}
JOB = "pulumi-python:dynamic/swarm:ScheduledJob"


def services(engine: Engine) -> set[str]:
    return {service.inputs["name"] for service in engine.of_type("docker:index/service:Service").values()}


def test_switched_off_nothing_of_the_jobs_is_made() -> None:
    engine = run()
    assert services(engine) == {"llmproxy-data_db", "llmproxy_litellm"}
    assert engine.of_type(JOB) == {}


def test_switched_on_the_gate_watches_what_starts_and_keeps_the_jobs_and_not_the_job() -> None:
    engine = run(ON)
    assert {"llmproxy_swarm-cronjob", "llmproxy_job-keeper"} <= services(engine)
    job = engine.one(JOB).inputs
    assert (job["service_name"], job["schedule"], job["time_zone"]) == (
        "llmproxy_db-cleanup",
        "0 3 * * 0",
        "Europe/Berlin",
    )
    gate = engine.of_type("pulumi-python:dynamic/swarm:RolloutGate")["llmproxy"]
    assert set(gate.inputs["services"]) == {"llmproxy_litellm", "llmproxy_swarm-cronjob", "llmproxy_job-keeper"}


def test_the_database_of_others_is_reached_over_a_network_that_leads_out() -> None:
    secrets = {"llmproxy:litellm-master-key": "sk-m", "llmproxy:litellm-salt-key": "sk-s", "llmproxy:db-password": "pw"}
    external = {"postgres": {"external": {"host": "db.example.com"}}, "catalog": {"skipProvidersWithoutKey": True}}
    (there,) = run({**ON, **external}, secrets).of_type(JOB).values()
    assert [one["network_id"] for one in there.inputs["networks"]] == ["internal-id", "public-id"]
    assert "db.example.com" in there.inputs["args"][-1]


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"dbCleanup": {"enabled": True}}, "nothing starts the clean-up; allowed is true; set swarmCronjob.enabled"),
        ({"dbCleanup": {"schedule": "0 3 * * 7"}}, "s.dbCleanup.schedule: found '0 3 * * 7'; allowed are five fields"),
        ({"dbCleanup": {"timeZone": "Mars/North"}}, "s.dbCleanup.timeZone: found 'Mars/North'; allowed are names of"),
        ({"dbCleanup": {"timeZone": "../etc/passwd"}}, "s.dbCleanup.timeZone: found '../etc/passwd'; allowed are"),
        ({"dbCleanup": {"timeZone": ""}}, "s.dbCleanup.timeZone: found ''; allowed are names"),
        ({"dbCleanup": {"retentionDays": 0}}, "s.dbCleanup.retentionDays: found 0; allowed: 1 or more"),
        ({"dbCleanup": {"lockTimeoutSeconds": 0}}, "s.dbCleanup.lockTimeoutSeconds: found 0; allowed: more than 0"),
    ],
)
def test_a_setting_that_no_job_can_have_is_one_line(document: dict[str, JsonValue], line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(document, place="s")
    (told,) = caught.value.problems
    assert line in told
