"""LiteLLM's own configuration as rendered from the settings."""

from __future__ import annotations

import yaml

from stacks.litellm_config import config_yaml, environment
from stacks.settings_litellm import Litellm


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
