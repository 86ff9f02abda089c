"""The gateway as a service, and its migration job."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import replace

import pytest

from components.services import litellm_migration
from components.services.litellm import Litellm
from components.services.litellm_migration import MIGRATE
from components.services.litellm_start import START
from tests.components.engine import Engine, drained
from tests.components.services_under_test import LITELLM, PASSWORD, config_text, container, service

JOB = "pulumi-python:dynamic/swarm:Job"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return drained(lambda: Litellm("litellm", LITELLM))


URL = "@url DATABASE_URL=/run/secrets/db-password postgresql://owner: @db:5432/gate%20way?sslmode=require"


def test_the_gateway_never_changes_the_schema_and_reads_its_secrets_from_files(engine: Engine) -> None:
    assert config_text(engine, "litellm-env").splitlines() == [
        "AIOHTTP_TTL_DNS_CACHE=2",
        "DISABLE_SCHEMA_UPDATE=true",
        "GRACEFUL_SHUTDOWN_TIMEOUT=300",
        "LITELLM_LOG=ERROR",
        "@file LITELLM_MASTER_KEY=/run/secrets/litellm-master-key",
        "@file LITELLM_SALT_KEY=/run/secrets/litellm-salt-key",
        URL,
    ]


def test_schema_updates_cannot_be_switched_on_by_the_environment() -> None:
    changed = replace(LITELLM, environment={"DISABLE_SCHEMA_UPDATE": "false"})
    assert "DISABLE_SCHEMA_UPDATE=true" in config_text(drained(lambda: Litellm("litellm", changed)), "litellm-env")


def test_the_configuration_is_a_swarm_config_at_the_path_that_the_command_names(engine: Engine) -> None:
    assert config_text(engine, "litellm-config") == "general_settings: {}\n"
    files = {entry["fileName"] for entry in container(engine)["configs"]}
    ending = "/opt/llmproxy/litellm_ending.py"
    assert files == {"/etc/llmproxy/entrypoint.sh", "/etc/llmproxy/env", "/app/config.yaml", ending}
    words = "--config /app/config.yaml --port 4000 --num_workers 4 --keepalive_timeout 120"
    assert container(engine)["args"][3:] == words.split()


def test_no_secret_is_on_a_command_line_or_in_a_config(engine: Engine) -> None:
    for marker in (PASSWORD, "sk-marker"):
        assert marker not in str(container(engine))
        for name in ("litellm-env", "litellm-config", "litellm-migrate-env"):
            assert marker not in config_text(engine, name)


def test_each_secret_is_a_file_of_its_own(engine: Engine) -> None:
    assert sorted(entry["fileName"] for entry in container(engine)["secrets"]) == [
        "/run/secrets/db-password",
        "/run/secrets/litellm-master-key",
        "/run/secrets/litellm-salt-key",
    ]


def test_a_secret_variable_is_a_file_of_its_own_that_the_wrapper_exports() -> None:
    changed = replace(LITELLM, secret_environment={"UI_PASSWORD": "marker"})
    engine = drained(lambda: Litellm("litellm", changed))
    path = "/run/secrets/environment-UI_PASSWORD"
    assert f"@file UI_PASSWORD={path}" in config_text(engine, "litellm-env").splitlines()
    assert path in {entry["fileName"] for entry in container(engine)["secrets"]}
    assert engine.of_type("docker:index/secret:Secret")["litellm-env-UI_PASSWORD"].is_secret("data")
    assert [entry["path"] for entry in engine.one(JOB).inputs["secrets"]] == ["/run/secrets/db-password"]


def test_a_database_that_starts_anew_is_migrated_and_gets_tasks_that_know_nothing_of_the_one_before() -> None:
    engine = drained(lambda: Litellm("litellm", replace(LITELLM, beginnings={"volume": "one", "database": "two"})))
    assert container(engine)["labels"] == [
        {"label": "llmproxy.beginning.database", "value": "two"},
        {"label": "llmproxy.beginning.volume", "value": "one"},
    ]
    assert engine.one(JOB).inputs["triggers"] == {"volume": "one", "database": "two"}


def test_it_answers_to_its_short_name_where_no_foreign_stack_joins(engine: Engine) -> None:
    assert service(engine)["taskSpec"]["networksAdvanceds"] == [
        {"id": "net-internal", "aliases": ["litellm"]},
        {"id": "net-public", "aliases": []},
    ]


def test_with_a_host_port_it_is_stop_first_and_without_start_first(engine: Engine) -> None:
    assert service(engine)["updateConfig"]["order"] == "stop-first"
    behind_traefik = drained(lambda: Litellm("litellm", replace(LITELLM, host_port=None)))
    assert service(behind_traefik)["updateConfig"]["order"] == "start-first"
    assert [port["publishedPort"] for port in service(behind_traefik)["endpointSpec"]["ports"]] == [0]


def test_it_serves_on_after_term_only_where_another_task_takes_over(engine: Engine) -> None:
    behind_traefik = drained(lambda: Litellm("litellm", replace(LITELLM, host_port=None)))
    assert config_text(behind_traefik, "litellm-env").startswith("@drain 10\n")
    assert "@drain" not in config_text(engine, "litellm-env")
    assert "@drain" not in config_text(behind_traefik, "litellm-migrate-env")


def test_the_longest_stream_that_is_promised_ends_before_the_kill() -> None:
    promised = replace(LITELLM, host_port=None, longest_stream_seconds=100)
    engine = drained(lambda: Litellm("litellm", promised))
    assert "GRACEFUL_SHUTDOWN_TIMEOUT=100" in config_text(engine, "litellm-env").splitlines()
    assert container(engine)["stopGracePeriod"] == "2m"
    engine = drained(lambda: Litellm("litellm", replace(promised, host_port=4000)))
    assert container(engine)["stopGracePeriod"] == "1m50s"


def test_a_reverse_proxy_is_believed_where_nobody_comes_in_past_it() -> None:
    for host_port, believed in ((None, True), (4000, False)):
        engine = drained(lambda port=host_port: Litellm("litellm", replace(LITELLM, host_port=port)))  # type: ignore[misc]
        assert ("FORWARDED_ALLOW_IPS=*" in config_text(engine, "litellm-env").splitlines()) is believed


def test_the_health_check_asks_the_port_that_answers_requests(engine: Engine) -> None:
    tests = container(engine)["healthcheck"]["tests"]
    assert tests[:3] == ["CMD", "python3", "-c"]
    assert "4000" in tests[3]
    assert "/health/liveliness" in tests[3]


def test_the_migration_runs_with_the_same_image_and_only_the_database_password(engine: Engine) -> None:
    job = engine.one(JOB)
    assert job.inputs["image"] == "litellm:1"
    assert job.inputs["service_name"] == "llmproxy_litellm-migrate"
    assert job.inputs["command"] == ["/bin/sh", "/etc/llmproxy/entrypoint.sh"]
    assert job.inputs["args"] == ["sh", "-c", MIGRATE]
    assert [entry["path"] for entry in job.inputs["secrets"]] == ["/run/secrets/db-password"]
    assert config_text(engine, "litellm-migrate-env") == f"{URL}\n"
    assert job.is_secret("secret_values")


def test_the_migration_is_registered_before_the_gateway(engine: Engine) -> None:
    types = [resource.type for resource in engine.resources]
    assert types.index(JOB) < types.index("docker:index/service:Service")


def test_a_setting_of_the_gateway_does_not_run_the_migration_again(engine: Engine) -> None:
    changed = drained(lambda: Litellm("litellm", replace(LITELLM, environment={"LITELLM_LOG": "DEBUG"}, workers=2)))
    assert changed.one(JOB).inputs == engine.one(JOB).inputs


def test_a_callback_that_is_left_out_runs_the_migration_again_which_takes_it_out() -> None:
    changed = drained(lambda: Litellm("litellm", replace(LITELLM, left_out_callbacks=["prometheus"])))
    assert changed.one(JOB).inputs["args"] == litellm_migration.command(["prometheus"])


def test_the_start_program_is_python_and_the_migration_is_shell() -> None:
    ast.parse(START)
    for script in (MIGRATE, litellm_migration.command(["one"])[2]):
        assert subprocess.run(["sh", "-n", "-c", script], check=False).returncode == 0
