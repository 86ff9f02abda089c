"""What is passed through to LiteLLM neither overrides a setting of ours nor carries a secret."""

from __future__ import annotations

import pytest
import yaml
from pydantic import JsonValue

from stacks.litellm_config import config_yaml, environment
from stacks.passed_through import OFFLINE_ENVIRONMENT
from stacks.settings import Litellm, parse
from stacks.settings_errors import SettingsError

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
    ],
)
def test_a_secret_is_refused_at_any_depth_and_not_shown(section: str, keys: JsonValue, place: str) -> None:
    (found,) = problems(section, keys)
    assert found.startswith(f"{place}: a secret would stand in clear here")
    assert "marker" not in found


def test_a_reference_to_the_environment_is_refused_in_yaml() -> None:
    (found,) = problems("generalSettings", {"a": ["os.environ/KEY"]})
    assert found.startswith("a.0: os.environ/… would stand in clear in LiteLLM's database")


def test_all_that_may_not_be_passed_through_is_told_at_once() -> None:
    found = problems("generalSettings", {"proxy_batch_write_at": 1, "a": {"token": "x"}, "master_key": "sk-123456789"})
    assert [line.split(":")[0] for line in found] == ["proxy_batch_write_at", "master_key", "a.token"]


def test_what_only_sounds_like_a_secret_is_passed_through() -> None:
    general: dict[str, JsonValue] = {
        "litellm_key_header_name": "X-Key",
        "enforced_params": ["user"],
        "disable_master_key_return": True,
        "max_tokens": "9",
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
