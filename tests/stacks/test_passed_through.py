"""What is passed through to LiteLLM neither overrides a setting of ours nor carries a secret."""

from __future__ import annotations

import pytest
import yaml
from pydantic import JsonValue

from stacks.litellm_config import config_yaml, environment
from stacks.passed_through import OFFLINE_ENVIRONMENT
from stacks.settings import parse
from stacks.settings_errors import SettingsError
from stacks.settings_litellm import Litellm

PLACE = "Pulumi.dev.yaml: llmproxy:settings"


def problems(section: str, keys: JsonValue, **others: JsonValue) -> list[str]:
    """What is wrong with such a section, without the section's path."""
    with pytest.raises(SettingsError) as caught:
        parse({"litellm": {section: keys}, **others}, place=PLACE)
    assert all(line.startswith(f"{PLACE}.litellm.{section}.") for line in caught.value.problems)
    return [line.removeprefix(f"{PLACE}.litellm.{section}.") for line in caught.value.problems]


@pytest.mark.parametrize(
    ("section", "key", "value", "right_place"),
    [
        ("generalSettings", "database_connection_pool_limit", 500, "litellm.databaseConnectionPoolLimit"),
        ("generalSettings", "store_model_in_db", False, "litellm.storeModelInDb"),
        ("generalSettings", "proxy_batch_write_at", 1, "litellm.proxyBatchWriteAt"),
        ("generalSettings", "store_prompts_in_spend_logs", False, "litellm.storePromptsInSpendLogs"),
        ("generalSettings", "disable_prisma_schema_update", False, "a job of its own migrates the database"),
        ("generalSettings", "master_key", "x", "pulumi config set --secret llmproxy:litellm-master-key"),
        ("generalSettings", "database_url", "x", "llmproxy:db-password"),
        ("litellmSettings", "drop_params", False, "litellm.dropParams"),
        ("litellmSettings", "json_logs", False, "litellm.jsonLogs"),
        ("litellmSettings", "num_retries", 4, "write it there under router_settings.num_retries and take it out"),
        ("litellmSettings", "request_timeout", 60, "router_settings.timeout"),
        ("litellmSettings", "allowed_fails", 4, "router_settings.allowed_fails"),
        ("litellmSettings", "fallbacks", [{"m": ["n"]}], "under fallbacks"),
        ("litellmSettings", "default_fallbacks", ["m"], 'fallbacks, as the rule {"*": […]}'),
        ("litellmSettings", "context_window_fallbacks", [{"m": ["n"]}], "router_settings.context_window_fallbacks"),
        ("litellmSettings", "content_policy_fallbacks", [{"m": ["n"]}], "router_settings.content_policy_fallbacks"),
        ("generalSettings", "router_settings", {"num_retries": 4}, "router_settings"),
        ("environment", "REQUEST_TIMEOUT", "60", "router_settings.timeout"),
        ("environment", "DEFAULT_MAX_RETRIES", "4", "router_settings.num_retries"),
        ("environment", "LITELLM_LOG", "DEBUG", "litellm.log"),
        ("environment", "NUM_WORKERS", "9", "litellm.workers"),
        ("environment", "LITELLM_SALT_KEY", "x", "pulumi config set --secret llmproxy:litellm-salt-key"),
        ("environment", "DATABASE_URL", "x", "the settings under postgres"),
        ("environment", "DISABLE_SCHEMA_UPDATE", "false", "a job of its own migrates the database"),
    ],
)
def test_what_has_a_place_of_its_own_is_refused_with_that_place(
    section: str, key: str, value: JsonValue, right_place: str
) -> None:
    (found,) = problems(section, {key: value})
    assert found.startswith(f"{key}: ")
    assert right_place in found


def test_no_name_that_the_program_sets_can_be_overridden() -> None:
    general = yaml.safe_load(config_yaml(Litellm()))["general_settings"]
    assert len(problems("generalSettings", general)) == len(general) > 3
    variables = environment(Litellm(), offline=False)
    assert len(problems("environment", dict(variables))) == len(variables) > 4


@pytest.mark.parametrize("name", ["public_model_groups", "public_mcp_servers", "public_agent_groups"])
def test_what_is_public_is_refused_as_nobody_could_take_it_back(name: str) -> None:
    (found,) = problems("litellmSettings", {name: ["m"]})
    assert found.startswith(f"{name}: LiteLLM 1.81.12 would keep it in its database for good")


def test_what_images_without_the_internet_need_is_refused_with_them_only() -> None:
    variables: dict[str, JsonValue] = dict.fromkeys(OFFLINE_ENVIRONMENT, "False")
    assert len(problems("environment", variables, imageSource="airgap")) == len(OFFLINE_ENVIRONMENT)
    given = parse({"litellm": {"environment": variables}}, place=PLACE).litellm.environment
    assert given == variables


@pytest.mark.parametrize(
    ("section", "keys", "place"),
    [
        ("litellmSettings", {"cache_params": {"password": "marker"}}, "cache_params.password"),
        ("litellmSettings", {"callbacks": [{}, {"langfuse_secret": "marker"}]}, "callbacks.1.langfuse_secret"),
        ("litellmSettings", {"keys": ["sk-marker-marker"]}, "keys.0"),
        ("generalSettings", {"x": {"headers": {"Authorization": "marker"}}}, "x.headers.Authorization"),
        ("environment", {"OPENAI_API_KEY": "marker"}, "OPENAI_API_KEY"),
        ("environment", {"UI_PASSWORD": "marker"}, "UI_PASSWORD"),
        ("environment", {"REDIS": "redis://:marker@cache:6379"}, "REDIS"),
        ("environment", {"SLACK_WEBHOOK_URL": "https://marker.example.com/x"}, "SLACK_WEBHOOK_URL"),
        ("environment", {"ALERTS": "https://hooks.slack.com/services/T/B/marker"}, "ALERTS"),
        ("environment", {"ALERTS": "https://x.webhook.office.com/webhookb2/marker"}, "ALERTS"),
        ("generalSettings", {"alert_to_webhook_url": {"budget_alerts": ["marker"]}}, "alert_to_webhook_url.budget_al"),
        (
            "generalSettings",
            {"pass_through_endpoints": [{"headers": {"Authorization": "Bearer marker os.environ/KEY"}}]},
            "pass_through_endpoints.0.headers.Authorization",
        ),
    ],
)
def test_a_secret_is_refused_at_any_depth_and_not_shown(section: str, keys: JsonValue, place: str) -> None:
    (found,) = problems(section, keys)
    assert found.startswith(place)
    assert "in clear" in found
    assert "marker" not in found


@pytest.mark.parametrize("name", ["UI_PASSWORD", "LANGFUSE_SECRET_KEY", "LITELLM_LICENSE", "REDIS_PASSWORD"])
def test_the_way_that_the_refusal_of_a_secret_variable_names_is_one(name: str) -> None:
    (found,) = problems("environment", {name: "marker"})
    assert found == (
        f"{name}: a secret would stand in clear here, in a Swarm config and in the state; take it out here; add {name} "
        f"to litellm.secretEnvironment, and type: pulumi config set --secret litellm-environment:{name}"
    )
    assert parse({"litellm": {"secretEnvironment": [name]}}, place=PLACE).litellm.secret_environment == [name]


@pytest.mark.parametrize(
    ("section", "keys", "place", "way"),
    [
        ("litellmSettings", {"cache_params": {"password": "x"}}, "cache_params.password: ", "take it out, LiteLLM"),
        (
            "litellmSettings",
            {"cache_params": {"password": "os.environ/REDIS_PASSWORD"}},
            "cache_params.password: LiteLLM 1.81.12 writes the value of os.environ/… into its database",
            "litellm-environment:REDIS_PASSWORD",
        ),
        (
            "generalSettings",
            {"pass_through_endpoints": [{"headers": {"Authorization": "Bearer x"}}]},
            "pass_through_endpoints.0.headers.Authorization: ",
            "write Bearer os.environ/NAME here; add NAME to",
        ),
        (
            "generalSettings",
            {"pass_through_endpoints": [{"headers": {"x-api-key": "os.environ/KEY"}}]},
            "pass_through_endpoints.0.headers.x-api-key: LiteLLM",
            "write Bearer os.environ/NAME here; add KEY to",
        ),
        (
            "generalSettings",
            {"pass_through_endpoints": [{"headers": {"LANGFUSE_SECRET_KEY": "Bearer os.environ/KEY"}}]},
            "pass_through_endpoints.0.headers.LANGFUSE_SECRET_KEY: LiteLLM",
            "add KEY to",
        ),
        (
            "generalSettings",
            {"alert_to_webhook_url": {"budget_alerts": "os.environ/HOOK"}},
            "alert_to_webhook_url.budget_alerts: LiteLLM",
            "add HOOK to",
        ),
        ("generalSettings", {"a": ["os.environ/"]}, "a.0: LiteLLM", "add NAME to"),
    ],
)
def test_the_refusal_of_a_secret_in_yaml_names_a_way(section: str, keys: JsonValue, place: str, way: str) -> None:
    (found,) = problems(section, keys)
    assert found.startswith(place)
    assert way in found
    assert "litellm.secretEnvironment, and type: pulumi config set --secret litellm-environment:" in found


REFERRING: dict[str, JsonValue] = {
    "pass_through_endpoints": [{"path": "/a", "headers": {"Authorization": "Bearer os.environ/A"}}],
    "alert_to_webhook_url": {"budget_alerts": ["os.environ/B"]},
}


def test_a_reference_that_litellm_does_not_write_back_is_passed_through() -> None:
    document: JsonValue = {
        "litellm": {"generalSettings": REFERRING, "secretEnvironment": ["A"], "environment": {"B": "x"}}
    }
    settings = parse(document, place=PLACE).litellm
    assert yaml.safe_load(config_yaml(settings))["general_settings"].items() >= REFERRING.items()


def test_a_reference_to_a_variable_that_is_not_there_is_refused() -> None:
    assert [line.split(";")[0] for line in problems("generalSettings", REFERRING)] == [
        "pass_through_endpoints.0.headers.Authorization: os.environ/A stands for nothing",
        "alert_to_webhook_url.budget_alerts.0: os.environ/B stands for nothing",
    ]


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"secretEnvironment": ["LITELLM_MASTER_KEY"]}, "LITELLM_MASTER_KEY: it has a config key of its own; take it"),
        ({"secretEnvironment": ["DATABASE_URL"]}, "DATABASE_URL: the settings under postgres give the address"),
        ({"secretEnvironment": ["LITELLM_LOG"]}, "LITELLM_LOG: it has a setting of its own; write it as litellm.log"),
        ({"secretEnvironment": ["A", "B", "A"]}, "A: it is given twice; leave one of the two out"),
        ({"secretEnvironment": ["A"], "environment": {"A": "x"}}, "A: it is in litellm.environment as well, "),
        ({"secretEnvironment": ["A" * 45]}, "0: found what is no name of a variable; allowed are letters, "),
        ({"secretEnvironment": ["A=marker"]}, "0: found what is no name of a variable; allowed are letters, "),
    ],
)
def test_a_secret_variable_that_may_not_be_is_refused_without_its_value(
    document: dict[str, JsonValue], line: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        parse({"litellm": document}, place=PLACE)
    (found,) = caught.value.problems
    assert found.startswith(f"{PLACE}.litellm.secretEnvironment.{line}")
    assert "marker" not in found


def test_no_name_that_the_program_sets_can_be_a_secret_variable() -> None:
    names: list[JsonValue] = [*environment(Litellm(), offline=True)]
    with pytest.raises(SettingsError) as caught:
        parse({"litellm": {"secretEnvironment": names}}, place=PLACE)
    assert len(caught.value.problems) == len(environment(Litellm(), offline=False))
    with pytest.raises(SettingsError) as caught:
        parse({"imageSource": "airgap", "litellm": {"secretEnvironment": [*OFFLINE_ENVIRONMENT]}}, place=PLACE)
    assert len(caught.value.problems) == len(OFFLINE_ENVIRONMENT)


def test_all_that_may_not_be_passed_through_is_told_at_once() -> None:
    found = problems("generalSettings", {"proxy_batch_write_at": 1, "a": {"token": "x"}, "master_key": "sk-123456789"})
    assert [line.split(":")[0] for line in found] == ["proxy_batch_write_at", "master_key", "a.token"]


def test_what_only_sounds_like_a_secret_is_passed_through() -> None:
    general: dict[str, JsonValue] = {
        "litellm_key_header_name": "X-Key",
        "enforced_params": ["user"],
        "disable_master_key_return": True,
        "max_tokens": "9",
        "custom_headers": {"user_api_key": "alias", "api_key": "none"},
        "alerting": ["webhook"],
        "custom_auth": "task-scheduler.check",
        "docs": "https://docs.example.com:8080/a@b",
    }
    variables: dict[str, JsonValue] = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/secrets/token",
        "USE_TOKEN": "true",
        "HTTPS_PROXY": "http://p:8",
    }
    settings = parse({"litellm": {"generalSettings": general, "environment": variables}}, place=PLACE).litellm
    assert yaml.safe_load(config_yaml(settings))["general_settings"].items() >= general.items()
    assert environment(settings, offline=False).items() >= variables.items()
