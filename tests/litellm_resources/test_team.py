"""The rules of the Team provider, and of a key's team, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from litellm_resources.key import KeyProvider
from litellm_resources.team import TeamProvider
from litellm_resources.team_membership import TeamMembershipProvider
from tests.litellm_resources import test_key, test_team_membership
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "team_id": "t",
        "team_alias": "crew",
        "models": ["General"],
        "limits": {"max_budget": 5.0, "soft_budget": 4.0, "budget_duration": "30d", "rpm_limit": 7.0},
        "metadata": {"cost_centre": 12},
        "adopt": False,
    }
    return {**props, **changes}


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(TeamProvider).create(wanted(**changes)).outs


def test_what_was_made_is_no_drift_and_create_adopts_it(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    assert litellm.teams.rows["t"]["metadata"]["managed_by"] == "llmproxy"
    read = Run(litellm).provider(TeamProvider).read("t", outs)
    assert read.outs == outs
    assert Run(litellm).provider(TeamProvider).diff("", read.outs, wanted()).changes is False
    litellm.calls.clear()
    assert made(Run(litellm)) == outs
    assert "POST /team/new" not in litellm.calls


def test_drift_of_every_readable_field_is_seen_and_healed_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    by_hand = {"team_alias": "x", "models": ["a"], "max_budget": 9.0, "soft_budget": None, "tpm_limit": 3}
    litellm.teams.rows["t"].update(by_hand)
    litellm.teams.rows["t"]["metadata"]["added"] = 1
    read = Run(litellm).provider(TeamProvider).read("t", outs)
    assert (read.inputs["team_alias"], read.inputs["models"]) == ("x", ["a"])
    assert read.inputs["limits"] == {"max_budget": 9, "budget_duration": "30d", "rpm_limit": 7, "tpm_limit": 3}
    assert read.inputs["metadata"] == {"cost_centre": 12, "added": 1}
    Run(litellm).provider(TeamProvider).update("t", read.outs, wanted())
    assert Run(litellm).provider(TeamProvider).read("t", outs).outs == outs
    assert "POST /team/delete" not in litellm.calls


def test_everything_that_is_taken_away_is_cleared_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    news = wanted(limits={}, metadata={}, models=["a"])
    Run(litellm).provider(TeamProvider).update("t", outs, news)
    row = litellm.teams.rows["t"]
    assert [row[name] for name in ("max_budget", "soft_budget", "budget_duration", "rpm_limit")] == [None] * 4
    assert (row["models"], set(row["metadata"])) == (["a"], {"managed_by", "llmproxy"})


def test_a_budget_may_go_below_the_soft_budget_that_is_taken_away(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    run.provider(TeamProvider).update("t", outs, wanted(limits={"max_budget": 1}))
    assert (litellm.teams.rows["t"]["max_budget"], litellm.teams.rows["t"]["soft_budget"]) == (1, None)


def test_what_litellm_keeps_in_the_metadata_is_no_drift_and_stays(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.teams.rows["t"]["metadata"]["team_member_budget_id"] = "b"
    assert Run(litellm).provider(TeamProvider).read("t", outs).outs == outs
    Run(litellm).provider(TeamProvider).update("t", outs, wanted(team_alias="other"))
    assert litellm.teams.rows["t"]["metadata"]["team_member_budget_id"] == "b"


def test_a_changed_team_goes_on_to_know_which_members_are_ours(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.users["u"] = {"user_id": "u"}
    membership = run.provider(TeamMembershipProvider).create(test_team_membership.wanted()).outs
    Run(litellm).provider(TeamProvider).update("t", outs, wanted(metadata={"other": 1}))
    read = Run(litellm).provider(TeamMembershipProvider).read("t/u", membership)
    assert read.outs == membership


def test_a_team_of_others_is_an_error_that_names_the_setting_and_stays(litellm: FakeLitellm, run: Run) -> None:
    theirs = dict(litellm.teams.by_hand("t", "v"))
    (failure,) = run.provider(TeamProvider).check({}, wanted()).failures
    assert "litellm.adopt" in failure.reason
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        made(run)
    run.provider(TeamProvider).delete("t", wanted())
    assert litellm.teams.rows["t"] == theirs
    made(run, adopt=True)
    assert litellm.teams.members("t") == ["v"]
    assert litellm.teams.rows["t"]["metadata"]["managed_by"] == "llmproxy"


def test_a_team_of_another_stack_is_refused_at_check_already(litellm: FakeLitellm, run: Run) -> None:
    made(run, owner="llmproxy/prod")
    (failure,) = Run(litellm).provider(TeamProvider).check({}, wanted(adopt=True)).failures
    assert "belongs to the stack llmproxy/prod" in failure.reason


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"models": []}, "models"),
        ({"limits": {"max_parallel_requests": 1}}, "limits.max_parallel_requests"),
        ({"team_id": "a/b"}, "team_id"),
    ],
)
def test_what_litellm_would_take_for_something_else_is_refused(run: Run, changes: dict[str, Any], place: str) -> None:
    (failure,) = run.provider(TeamProvider).check({}, wanted(**changes)).failures
    assert failure.property == place


def test_delete_takes_gone_for_done(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    provider = run.provider(TeamProvider)
    provider.delete("t", outs)
    provider.delete("t", outs)
    assert litellm.teams.rows == {}
    assert Run(litellm).provider(TeamProvider).read("t", outs).id == ""


def test_a_team_with_keys_or_members_of_others_is_not_deleted_and_the_one_error_names_them_all(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    assert run.session.keys.rows() == {}
    litellm.keys["by hand"] = {"token": "0123456789", "key_alias": "theirs", "team_id": "t", "metadata": {}}
    litellm.keys["elsewhere"] = {"token": "z", "key_alias": "elsewhere", "team_id": "o", "metadata": {}}
    litellm.teams.rows["t"]["members_with_roles"].append({"user_id": "v", "role": "user"})
    with pytest.raises(pulumi.RunError) as error:
        run.provider(TeamProvider).delete("t", outs)
    assert str(error.value) == (
        "LiteLLM team t: not deleted, because LiteLLM would delete the keys theirs (01234567…) along and take the team "
        "from its members v, which this stack did not make; delete these keys there, or give them to another team, and "
        "take these members out there; or put the team back into the catalog"
    )
    assert (len(litellm.keys), list(litellm.teams.rows)) == (2, ["t"])


def test_a_key_gets_a_team_loses_it_and_goes_to_one_with_other_models(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    made(run, team_id="o", models=["Other"])
    provider = run.provider(KeyProvider)
    outs = provider.create(test_key.wanted(team_id="t", user_id=None)).outs
    news = test_key.wanted(team_id="o", user_id=None, models=["Other"])
    provider.update("k", outs, news)
    (row,) = litellm.keys.values()
    assert (row["team_id"], row["models"]) == ("o", ["Other"])
    provider.update("k", {**outs, **news}, test_key.wanted(user_id=None))
    assert row["team_id"] is None or litellm.keys[row["token"]]["team_id"] is None


def test_a_key_of_a_user_who_is_no_member_is_refused_in_words_that_help(litellm: FakeLitellm, run: Run) -> None:
    litellm.users["u"] = {"user_id": "u"}
    made(run)
    provider = run.provider(KeyProvider)
    outs = provider.create(test_key.wanted(user_id="u")).outs
    with pytest.raises(pulumi.RunError, match=r"is not a member of the team.*let the key's user be a member"):
        provider.update("k", outs, test_key.wanted(user_id="u", team_id="t"))


def test_a_team_that_somebody_gave_a_key_is_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = run.provider(KeyProvider).create(test_key.wanted()).outs
    litellm.teams.by_hand("theirs")
    litellm.keys[outs["token"]]["team_id"] = "theirs"
    assert Run(litellm).provider(KeyProvider).read("k", outs).inputs["team_id"] == "theirs"
