"""The rules of the User provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from litellm_resources.user import UserProvider
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import OLD, FakeLitellm


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "user_id": "u",
        "user_role": "internal_user",
        "models": ["General"],
        "user_email": "u@example.com",
        "limits": {"max_budget": 5.0, "tpm_limit": 7.0},
        "metadata": {},
        "adopt": False,
    }
    return {**props, **changes}


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(UserProvider).create(wanted(**changes)).outs


def test_create_makes_the_user_and_no_key_along(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    assert litellm.users["u"]["auto_create_key"] is False
    assert litellm.users["u"]["metadata"]["managed_by"] == "llmproxy"


def test_what_was_made_is_no_drift_and_create_adopts_it(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    later = Run(litellm)
    read = later.provider(UserProvider).read("u", outs)
    assert read.outs == outs
    assert later.provider(UserProvider).diff("", read.outs, wanted()).changes is False
    litellm.calls.clear()
    assert made(Run(litellm)) == outs
    assert "POST /user/new" not in litellm.calls


def test_drift_is_seen_and_healed_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.users["u"].update(user_role="proxy_admin", models=["a", "b"], max_budget=9)
    later = Run(litellm)
    read = later.provider(UserProvider).read("u", outs)
    assert (read.inputs["user_role"], read.inputs["models"]) == ("proxy_admin", ["a", "b"])
    assert read.inputs["limits"] == {"max_budget": 9, "tpm_limit": 7}
    later.provider(UserProvider).update("u", read.outs, wanted())
    assert Run(litellm).provider(UserProvider).read("u", outs).outs == outs
    assert "POST /user/delete" not in litellm.calls


def test_a_limit_that_the_older_version_cannot_clear_is_a_clear_error(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    provider = Run(litellm).provider(UserProvider)
    news = wanted(limits={"max_budget": 5})
    if litellm.version == OLD:
        with pytest.raises(pulumi.RunError, match=r"limits\.tpm_limit"):
            provider.update("u", outs, news)
    else:
        provider.update("u", outs, news)
        assert litellm.users["u"]["tpm_limit"] is None


def test_a_duration_without_a_budget_is_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run, limits={"tpm_limit": 7})
    litellm.users["u"]["budget_duration"] = "30d"
    assert Run(litellm).provider(UserProvider).read("u", outs).inputs["limits"] == {"tpm_limit": 7}


def test_a_user_of_others_is_an_error_that_names_the_setting_and_stays(litellm: FakeLitellm, run: Run) -> None:
    theirs = {"user_id": "u", "metadata": {}, "models": []}
    litellm.users["u"] = dict(theirs)
    (failure,) = run.provider(UserProvider).check({}, wanted()).failures
    assert "litellm.adopt" in failure.reason
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        made(run)
    run.provider(UserProvider).delete("u", wanted())
    assert litellm.users["u"] == theirs
    made(run, adopt=True)
    assert litellm.users["u"]["metadata"]["managed_by"] == "llmproxy"


def test_no_models_at_all_is_refused_because_it_would_mean_every_model(run: Run) -> None:
    (failure,) = run.provider(UserProvider).check({}, wanted(models=[])).failures
    assert failure.property == "models"


def test_delete_takes_gone_for_done(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    provider = run.provider(UserProvider)
    provider.delete("u", outs)
    provider.delete("u", outs)
    assert litellm.users == {}
    assert Run(litellm).provider(UserProvider).read("u", outs).id == ""
