"""PostgreSQL as a service."""

from __future__ import annotations

import base64

import pytest

from components.services.postgres import Postgres, PostgresArgs
from components.update_order import STOP_FIRST_WAITS_SECONDS
from tests.components.engine import Engine, drained
from tests.components.services_under_test import PASSWORD, POSTGRES, config_text, container, service


@pytest.fixture(scope="module")
def engine() -> Engine:
    return drained(lambda: Postgres("db", POSTGRES))


def test_it_stops_the_old_server_before_it_starts_a_new_one(engine: Engine) -> None:
    assert service(engine)["updateConfig"]["order"] == "stop-first"
    assert service(engine)["rollbackConfig"]["order"] == "stop-first"


def test_it_has_time_to_shut_down_but_has_ended_before_swarm_starts_a_second_server(engine: Engine) -> None:
    assert container(engine)["stopGracePeriod"] == "50s"
    assert PostgresArgs.stop_grace_seconds < STOP_FIRST_WAITS_SECONDS


def test_its_data_lies_where_the_official_18_image_keeps_it(engine: Engine) -> None:
    (volume,) = [mount for mount in container(engine)["mounts"] if mount["type"] == "volume"]
    assert (volume["source"], volume["target"]) == ("vol", "/var/lib/postgresql")


def test_it_answers_to_db(engine: Engine) -> None:
    assert service(engine)["taskSpec"]["networksAdvanceds"] == [
        {"id": "net-internal", "aliases": ["db"]},
        {"id": "net-monitoring", "aliases": []},
    ]


def test_the_image_starts_through_the_wrapper(engine: Engine) -> None:
    assert container(engine)["commands"] == ["/bin/sh", "/etc/llmproxy/entrypoint.sh"]
    assert container(engine)["args"] == ["docker-entrypoint.sh", "postgres", "-c", "max_connections=50"]


def test_name_user_and_locale_come_in_the_environment_file_and_the_password_in_a_secret_file(engine: Engine) -> None:
    assert config_text(engine, "db-env").splitlines() == [
        "POSTGRES_DB=gate way",
        "POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8",
        "POSTGRES_PASSWORD_FILE=/run/secrets/db-password",
        "POSTGRES_USER=owner",
    ]
    (secret,) = container(engine)["secrets"]
    assert secret["fileName"] == "/run/secrets/db-password"


def test_the_password_is_in_nothing_but_the_secret(engine: Engine) -> None:
    for resource in engine.resources:
        if resource.type != "docker:index/secret:Secret":
            assert PASSWORD not in str(resource.inputs)
            assert base64.b64encode(PASSWORD.encode()).decode() not in str(resource.inputs)


def test_the_health_check_asks_for_the_database_itself(engine: Engine) -> None:
    assert container(engine)["healthcheck"]["tests"][-4:] == ["-U", "owner", "-d", "gate way"]


def test_everything_that_it_makes_says_whose_it_is(engine: Engine) -> None:
    made = [resource for resource in engine.resources if resource.type.startswith("docker:")]
    assert len(made) == 4
    for resource in made:
        assert {"label": "llmproxy.stack", "value": "test"} in resource.inputs["labels"]
