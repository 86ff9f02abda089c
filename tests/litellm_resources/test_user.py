"""The rules of the User provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from litellm_resources.key import KeyProvider
from litellm_resources.user import UserProvider
from tests.litellm_resources import test_key
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm


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


def test_what_is_taken_away_has_no_effect_any_more_and_the_user_stays(litellm: FakeLitellm, run: Run) -> None:
    limits = {"max_budget": 5, "budget_duration": "30d", "tpm_limit": 7, "rpm_limit": 8, "max_parallel_requests": 3}
    outs = made(run, limits=limits, user_alias="U")
    bare = wanted(limits={}, user_email=None, user_alias=None)
    updated = Run(litellm).provider(UserProvider).update("u", outs, bare)
    read = Run(litellm).provider(UserProvider).read("u", updated.outs)
    assert Run(litellm).provider(UserProvider).diff("", read.outs, bare).changes is False
    left = {name: litellm.users["u"][name] for name in (*limits, "user_email", "user_alias")}
    kept = {"budget_duration": "36500d", "tpm_limit": 2147483647, "rpm_limit": 2147483647} if litellm.old else {}
    parallel = {"max_parallel_requests": 2147483647}
    assert left == {**dict.fromkeys(limits), **kept, **parallel, "user_email": "", "user_alias": ""}
    assert "POST /user/delete" not in litellm.calls
    Run(litellm).provider(UserProvider).update("u", read.outs, wanted(limits=limits))
    assert Run(litellm).provider(UserProvider).read("u", wanted(limits=limits)).inputs["limits"] == limits


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


def test_what_may_be_adopted_is_told_at_check(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    litellm.users["u"] = {"user_id": "u", "metadata": {}, "models": []}
    assert run.provider(UserProvider).check({}, wanted(adopt=True)).failures == []
    assert capsys.readouterr().err == "warning: LiteLLM user u: is in LiteLLM already, will be taken over\n"


def test_a_user_of_another_stack_is_refused_at_check_already_whatever_may_be_adopted(
    litellm: FakeLitellm, run: Run
) -> None:
    made(run, owner="llmproxy/prod")
    (failure,) = Run(litellm).provider(UserProvider).check({}, wanted(adopt=True)).failures
    assert "belongs to the stack llmproxy/prod" in failure.reason


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


def test_a_user_with_keys_or_teams_of_others_is_not_deleted_and_the_one_error_names_them_all(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    litellm.keys["by hand"] = {"token": "0123456789", "key_alias": "theirs", "user_id": "u", "metadata": {}}
    prod = {"project": "llmproxy", "stack": "prod", "identity": "k"}
    theirs = {"managed_by": "llmproxy", "llmproxy": prod}
    litellm.keys["of another stack"] = {"token": "abcdefghij", "user_id": "u", "metadata": theirs}
    litellm.keys["of another user"] = {"token": "z", "key_alias": "elsewhere", "user_id": "v", "metadata": {}}
    litellm.teams.by_hand("t", "u", "v", team_alias="crew")
    with pytest.raises(pulumi.RunError) as error:
        Run(litellm).provider(UserProvider).delete("u", outs)
    assert str(error.value) == (
        "LiteLLM user u: not deleted, because LiteLLM would delete the keys (no alias) (abcdefgh…), theirs (01234567…) "
        "along and take the user out of the teams crew, which this stack did not make; delete these keys there, or "
        "give them to another user, and take the user out of these teams there; or put the user back into the catalog"
    )
    assert (len(litellm.keys), litellm.teams.members("t"), list(litellm.users)) == (3, ["u", "v"], ["u"])


def test_a_key_that_others_made_in_the_middle_of_the_run_is_seen(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    assert run.session.keys.rows() == {}
    litellm.keys["t"] = {"token": "t", "user_id": "u", "metadata": {}}
    with pytest.raises(pulumi.RunError, match="not deleted"):
        run.provider(UserProvider).delete("u", outs)
    assert list(litellm.keys) == ["t"]


def test_keys_of_ours_do_not_keep_their_user(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    first, second = (run.provider(KeyProvider).create(test_key.wanted(key_alias=alias)).outs for alias in "kl")
    litellm.keys["of another user"] = {"token": "z", "user_id": "v", "metadata": {}}
    run.provider(KeyProvider).delete("k", first)
    run.provider(UserProvider).delete("u", outs)
    assert (litellm.users, list(litellm.keys)) == ({}, ["of another user"])
    run.provider(KeyProvider).delete("l", second)
