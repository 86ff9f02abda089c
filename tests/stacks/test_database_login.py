"""All that use our database come in by its login of now, and the former one is closed after all of them."""

from __future__ import annotations

import base64

import pytest

from tests.components.engine import COMPUTED, Engine
from tests.stacks.whole_program import SECRETS, run, run_anew

DYNAMIC = "pulumi-python:dynamic/swarm:"
PASSWORD, END = f"{DYNAMIC}DatabasePassword", f"{DYNAMIC}DatabasePasswordEnd"
LOGIN = "llmproxy_login_2"
USERS = {"swarmCronjob": {"enabled": True}, "dbCleanup": {"enabled": True}, "netdata": {"enabled": True}}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setitem(COMPUTED, PASSWORD, {"login": LOGIN})
    return run_anew(USERS)


def test_gateway_migration_clean_up_and_monitoring_role_have_the_login_of_now(engine: Engine) -> None:
    configs = engine.of_type("docker:index/serviceConfig:ServiceConfig")
    texts = {name: base64.b64decode(config.inputs["data"]).decode() for name, config in configs.items()}

    for name in ("litellm-env", "litellm-migrate-env"):
        assert f"postgresql://{LOGIN}: @llmproxy-data_db:5432/llmproxy" in texts[name]
    assert f"PGUSER={LOGIN}\n" in texts["netdata-role-env"]
    assert "POSTGRES_USER=llmproxy\n" in texts["db-env"], "the owner stays whose database it is"
    words = engine.of_type(f"{DYNAMIC}ScheduledJob")["db-cleanup"].plain("args")
    assert any(word.startswith(f"--dbname=postgresql://{LOGIN}@") for word in words)


def test_the_former_login_is_closed_after_all_that_use_the_database(engine: Engine) -> None:
    made = [(resource.type.removeprefix(DYNAMIC), resource.name) for resource in engine.resources]
    end = made.index(("DatabasePasswordEnd", "db"))

    for user in (("RolloutGate", "llmproxy"), ("RolloutGate", "monitoring"), ("ScheduledJob", "db-cleanup")):
        assert made.index(user) < end
    assert engine.one(END).plain("login") == LOGIN


def test_a_state_that_names_no_login_means_the_owner() -> None:
    assert run().one(END).plain("login") == "llmproxy"


def test_a_database_run_by_others_has_the_login_that_the_settings_say_and_no_other() -> None:
    external = {"postgres": {"external": {"host": "db.example.com"}, "user": "theirs"}}
    engine = run(external, {**SECRETS, "llmproxy:db-password": "p"})
    config = engine.of_type("docker:index/serviceConfig:ServiceConfig")["litellm-env"]

    assert not engine.of_type(PASSWORD)
    assert not engine.of_type(END)
    assert "postgresql://theirs: @db.example.com" in base64.b64decode(config.inputs["data"]).decode()
