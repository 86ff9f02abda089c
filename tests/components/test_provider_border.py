"""The border to Pulumi: configuration, unknown values, errors."""

from __future__ import annotations

import json

import pulumi
import pytest
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config
from pulumi.runtime import rpc

from components.errors import SwarmError
from components.provider_border import FailingRead, StackConfig, is_unknown, told_plainly, without_provider

SETTINGS = json.dumps({"postgres": {"allowNewVolume": True}})


def config(**values: str) -> StackConfig:
    return StackConfig.of(ConfigureRequest(Config({f"llmproxy:{key}": value for key, value in values.items()}, "x")))


def test_a_setting_is_found_by_its_path() -> None:
    assert config(settings=SETTINGS).setting("postgres.allowNewVolume") is True


@pytest.mark.parametrize("path", ["postgres.other", "other", "postgres.allowNewVolume.deeper"])
def test_a_setting_that_is_not_set_is_none(path: str) -> None:
    assert config(settings=SETTINGS).setting(path) is None
    assert config().setting(path) is None


@pytest.mark.parametrize("value", ["sk-1", "123456", "123456789012345", "-1e9", '"quoted"', "truely", "[1, 2]"])
def test_every_configured_value_may_be_a_secret_of_digits_alone_too(value: str) -> None:
    assert value in config(key=value).secrets()


@pytest.mark.parametrize("value", ["true", "false", "null", "4000", "65535", ""])
def test_a_switch_or_a_number_as_short_as_a_port_is_no_secret(value: str) -> None:
    assert config(key=value).secrets() == []


def test_neither_the_settings_nor_pulumis_own_configuration_are_secrets() -> None:
    values = {"llmproxy:settings": '{"litellm": {"log": "WARNING-WARNING"}}', "pulumi:disable-default-providers": "[1]"}
    assert StackConfig(values).secrets() == []


def test_a_providers_key_named_like_the_settings_is_a_secret_and_not_the_settings() -> None:
    named = StackConfig({"litellm-api-keys:settings": "sk-1"})
    assert named.secrets() == ["sk-1"]
    assert named.setting("postgres") is None


def test_the_texts_of_a_secret_document_are_secrets_as_well() -> None:
    account = json.dumps({"type": "account", "keys": [{"private_key": "-----BEGIN KEY"}]})
    assert config(key=account).secrets() == [account, "-----BEGIN KEY"]


@pytest.mark.parametrize("value", [rpc.UNKNOWN, [rpc.UNKNOWN], {"a": [{"b": rpc.UNKNOWN}]}])
def test_a_value_that_a_preview_does_not_know_is_found_however_deep(value: object) -> None:
    assert is_unknown(value)  # type: ignore[arg-type]  # any JSON


def test_known_values_are_known() -> None:
    assert not is_unknown({"a": ["b", 1, None]})


def test_our_errors_reach_pulumi_without_a_traceback() -> None:
    with pytest.raises(pulumi.RunError, match="place, found"), told_plainly():
        raise SwarmError("place, found")


def test_only_the_first_failing_read_of_a_run_speaks() -> None:
    reads = FailingRead()
    assert [reads.speaks(), reads.speaks(), reads.speaks()] == [True, False, False]


def test_the_provider_reference_is_no_property() -> None:
    assert without_provider({"__provider": "x", "a": 1}) == {"a": 1}
