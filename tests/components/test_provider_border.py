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


def test_every_configured_text_may_be_a_secret_but_objects_numbers_and_switches_are_none() -> None:
    assert config(settings=SETTINGS, key="sk-1", port="4000", on="true").secrets() == ["sk-1"]


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
