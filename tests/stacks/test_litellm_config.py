"""LiteLLM's own configuration as rendered from the settings."""

from __future__ import annotations

import yaml

from stacks.litellm_config import config_yaml, environment
from stacks.settings_litellm import Litellm
from stacks.settings_redis import Redis


def test_the_defaults_are_the_originals() -> None:
    assert yaml.safe_load(config_yaml(Litellm())) == {
        "general_settings": {
            "store_model_in_db": True,
            "proxy_batch_write_at": 60,
            "database_connection_pool_limit": 10,
            "store_prompts_in_spend_logs": True,
        }
    }
    assert Litellm().workers == 4
    assert environment(Litellm(), offline=False) == {
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "JSON_LOGS": "True",
        "LITELLM_DROP_PARAMS": "True",
        "STORE_MODEL_IN_DB": "True",
    }


def test_further_keys_are_passed_through() -> None:
    settings = Litellm.model_validate({"generalSettings": {"alerting": ["slack"]}, "litellmSettings": {"cache": True}})
    document = yaml.safe_load(config_yaml(settings))
    assert document["general_settings"]["alerting"] == ["slack"]
    assert document["litellm_settings"] == {"cache": True}


def test_nothing_is_fetched_from_outside_only_when_offline() -> None:
    assert "LITELLM_LOCAL_MODEL_COST_MAP" in environment(Litellm(), offline=True)
    assert "LITELLM_LOCAL_MODEL_COST_MAP" not in environment(Litellm(), offline=False)


def test_a_further_variable_is_passed_through() -> None:
    settings = Litellm.model_validate({"environment": {"HTTPS_PROXY": "http://proxy:3128"}})
    ours = environment(Litellm(), offline=True)
    assert environment(settings, offline=True) == {**ours, "HTTPS_PROXY": "http://proxy:3128"}


def test_redis_keeps_answers_only_where_a_setting_says_so_and_then_for_as_long_as_it_says() -> None:
    def shared(**redis: object) -> object:
        settings = Redis.model_validate({"enabled": True, **redis})
        return yaml.safe_load(config_yaml(Litellm(), redis=settings))["litellm_settings"]

    kept = {"cache": True, "cache_params": {"type": "redis", "ttl": 60}}
    assert shared(cacheAnswers=True, cacheSeconds=60) == kept
    assert shared() == {"cache": True, "cache_params": {"type": "redis", "supported_call_types": []}}
    assert "litellm_settings" not in yaml.safe_load(config_yaml(Litellm(), redis=Redis()))
