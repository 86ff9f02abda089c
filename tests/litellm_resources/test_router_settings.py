"""The rules of the RouterSettings provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from litellm_resources.router_settings import RouterSettingsProvider
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import OLD, FakeLitellm

ID = "router settings"


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "model_group_alias": {"hello": "m", "quiet": {"model": "m", "hidden": True}},
        "fallbacks": {"m": ["n", "o"]},
        "other": {"num_retries": 3.0},
        "adopt": [],
    }
    return {**props, **changes}


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(RouterSettingsProvider).create(wanted(**changes)).outs


def test_one_write_holds_everything_and_no_default_is_frozen(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    assert litellm.router == {
        "model_group_alias": {"hello": "m", "quiet": {"model": "m", "hidden": True}},
        "fallbacks": [{"m": ["n", "o"]}],
        "num_retries": 3,
    }
    assert litellm.calls.count("POST /config/update") == 1


def test_what_was_made_is_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    later = Run(litellm)
    read = later.provider(RouterSettingsProvider).read(ID, outs)
    assert read.outs == outs
    assert later.provider(RouterSettingsProvider).diff("", read.outs, wanted()).changes is False


def test_drift_shows_key_by_key(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router = {"model_group_alias": {"hello": "n"}, "fallbacks": [{"m": ["o"]}], "num_retries": 9}
    read = Run(litellm).provider(RouterSettingsProvider).read(ID, outs)
    assert read.inputs["model_group_alias"] == {"hello": "n"}
    assert read.inputs["fallbacks"] == {"m": ["o"]}
    assert read.inputs["other"] == {"num_retries": 9}


def test_what_others_put_there_is_kept_and_is_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router["model_group_alias"]["theirs"] = "x"
    litellm.router["fallbacks"].append({"x": ["y"]})
    litellm.router["allowed_fails"] = 7
    later = Run(litellm)
    read = later.provider(RouterSettingsProvider).read(ID, outs)
    assert read.outs == outs
    later.provider(RouterSettingsProvider).update(ID, outs, wanted(model_group_alias={"hello": "o"}))
    assert litellm.router["model_group_alias"] == {"hello": "o", "theirs": "x"}
    assert {"x": ["y"]} in litellm.router["fallbacks"]
    assert litellm.router["allowed_fails"] == 7


def test_a_key_that_leaves_the_program_goes_back_to_its_default(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    Run(litellm).provider(RouterSettingsProvider).update(ID, outs, wanted(other={}))
    assert litellm.router.get("num_retries", 2) == 2


def test_a_key_that_left_the_program_may_come_back(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    without = Run(litellm).provider(RouterSettingsProvider).update(ID, outs, wanted(other={})).outs
    later = Run(litellm)
    assert later.provider(RouterSettingsProvider).check(without, wanted()).failures == []
    later.provider(RouterSettingsProvider).update(ID, without, wanted())
    assert litellm.router["num_retries"] == 3


def test_delete_removes_ours_and_nothing_else(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router["model_group_alias"]["theirs"] = "x"
    Run(litellm).provider(RouterSettingsProvider).delete(ID, outs)
    assert litellm.router["model_group_alias"] == {"theirs": "x"}
    assert litellm.router["fallbacks"] == []


def test_an_alias_that_others_set_to_another_target_is_an_error_until_adopted(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    litellm.router = {"model_group_alias": {"hello": "theirs"}}
    (failure,) = run.provider(RouterSettingsProvider).check({}, wanted()).failures
    assert "alias hello" in failure.reason
    assert "litellm.adopt" in failure.reason
    with pytest.raises(pulumi.RunError, match="alias hello"):
        made(run)
    assert litellm.router["model_group_alias"] == {"hello": "theirs"}
    assert run.provider(RouterSettingsProvider).check({}, wanted(adopt=["hello"])).failures == []
    assert "router settings: in LiteLLM already, will be taken over: alias hello" in capsys.readouterr().err
    made(run, adopt=["hello"])
    assert litellm.router["model_group_alias"]["hello"] == "m"


def test_an_alias_new_to_the_state_is_checked_on_an_update_too(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router["model_group_alias"]["more"] = "theirs"
    news = wanted(model_group_alias={**wanted()["model_group_alias"], "more": "m"})
    (failure,) = Run(litellm).provider(RouterSettingsProvider).check(outs, news).failures
    assert "alias more" in failure.reason


def test_nobody_is_asked_at_check_when_the_state_knows_every_key(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.calls.clear()
    assert Run(litellm).provider(RouterSettingsProvider).check(outs, wanted()).failures == []
    assert litellm.calls == []


def test_what_others_made_is_told_once(litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    litellm.router = {"model_group_alias": {"theirs": "x"}}
    for _ in range(2):
        run.provider(RouterSettingsProvider).check({}, wanted())
    assert capsys.readouterr().err.count("alias theirs") == 1


def test_a_key_that_the_older_version_drops_silently_is_refused(litellm: FakeLitellm, run: Run) -> None:
    if litellm.version == OLD:
        with pytest.raises(pulumi.RunError, match="max_fallbacks"):
            made(run, other={"max_fallbacks": 2})
        assert litellm.router == {}
    else:
        assert run.session.client.differences.router_keys is None


def test_aliases_among_the_other_keys_are_refused(run: Run) -> None:
    (failure,) = run.provider(RouterSettingsProvider).check({}, wanted(other={"fallbacks": []})).failures
    assert failure.property == "other.fallbacks"
