"""The rules of the TeamMembership provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
import requests

from litellm_resources.key import KeyProvider
from litellm_resources.team import TeamProvider
from litellm_resources.team_membership import TeamMembershipProvider
from litellm_resources.user import UserProvider
from tests.litellm_resources import test_key, test_team, test_user
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm

LIMITS = {"max_budget_in_team": 2.5, "rpm_limit": 3.0}


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "team_id": "t",
        "user_id": "u",
        "role": "user",
        "limits": dict(LIMITS),
        "adopt": False,
    }
    return {**props, **changes}


def team_and_user(run: Run, **changes: Any) -> None:
    run.provider(UserProvider).create(test_user.wanted(**changes))
    run.provider(TeamProvider).create(test_team.wanted(**changes))


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(TeamMembershipProvider).create(wanted(**changes)).outs


def limits(litellm: FakeLitellm) -> dict[str, Any] | None:
    return litellm.teams.limits.get(("t", "u"))


@pytest.mark.parametrize("wished", [{}, {"max_budget_in_team": 2.5}, LIMITS])
def test_what_was_made_is_no_drift_and_create_adopts_it(litellm: FakeLitellm, run: Run, wished: dict[str, Any]) -> None:
    team_and_user(run)
    outs = made(run, limits=wished)
    read = Run(litellm).provider(TeamMembershipProvider).read("t/u", outs)
    assert read.outs == outs
    assert Run(litellm).provider(TeamMembershipProvider).diff("", read.outs, wanted(limits=wished)).changes is False
    litellm.calls.clear()
    assert made(Run(litellm), limits=wished) == outs
    assert "POST /team/member_add" not in litellm.calls


def test_limits_change_and_are_cleared_in_place(litellm: FakeLitellm, run: Run) -> None:
    team_and_user(run)
    outs = made(run)
    assert limits(litellm) == {"max_budget": 2.5, "rpm_limit": 3}
    provider = run.provider(TeamMembershipProvider)
    provider.update("t/u", outs, wanted(limits={"max_budget_in_team": 0}))
    assert limits(litellm) == {"max_budget": 0}
    provider.update("t/u", outs, wanted(limits={}))
    assert limits(litellm) is None
    assert "POST /team/member_delete" not in litellm.calls


def test_drift_of_role_and_limits_is_seen_and_healed(litellm: FakeLitellm, run: Run) -> None:
    team_and_user(run)
    outs = made(run)
    litellm.teams.limits[("t", "u")] = {"max_budget": 9.0, "tpm_limit": 1}
    litellm.teams.rows["t"]["members_with_roles"][-1]["role"] = "admin"
    read = Run(litellm).provider(TeamMembershipProvider).read("t/u", outs)
    assert (read.inputs["role"], read.inputs["limits"]) == ("admin", {"max_budget_in_team": 9, "tpm_limit": 1})
    Run(litellm).provider(TeamMembershipProvider).update("t/u", read.outs, wanted())
    assert Run(litellm).provider(TeamMembershipProvider).read("t/u", outs).outs == outs


def test_a_user_whom_nobody_made_is_an_error_because_litellm_would_make_one(litellm: FakeLitellm, run: Run) -> None:
    run.provider(TeamProvider).create(test_team.wanted())
    with pytest.raises(pulumi.RunError, match="no such user"):
        made(run)
    assert litellm.users == {}


def test_a_team_that_is_not_ours_gets_no_member(litellm: FakeLitellm, run: Run) -> None:
    run.provider(UserProvider).create(test_user.wanted())
    theirs = dict(litellm.teams.by_hand("t"))
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        made(run)
    run.provider(TeamProvider).create(test_team.wanted(team_id="p", owner="llmproxy/prod"))
    with pytest.raises(pulumi.RunError, match="belongs to the stack llmproxy/prod"):
        made(run, team_id="p", adopt=True)
    assert litellm.teams.rows["t"] == theirs
    assert litellm.teams.members("p") == []


def test_a_member_of_others_is_an_error_until_it_may_be_adopted_and_stays_when_it_goes(
    litellm: FakeLitellm, run: Run
) -> None:
    team_and_user(run)
    litellm.teams.rows["t"]["members_with_roles"].append({"user_id": "u", "role": "user"})
    (failure,) = Run(litellm).provider(TeamMembershipProvider).check({}, wanted()).failures
    assert '"t/u" into litellm.adopt' in failure.reason
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        made(Run(litellm))
    Run(litellm).provider(TeamMembershipProvider).delete("t/u", wanted())
    assert (litellm.teams.members("t"), limits(litellm)) == (["u"], None)
    outs = made(Run(litellm), adopt=True)
    Run(litellm).provider(TeamMembershipProvider).delete("t/u", outs)
    assert litellm.teams.members("t") == []


def test_a_run_that_was_killed_between_mark_and_member_is_ended_by_the_next(litellm: FakeLitellm, run: Run) -> None:
    team_and_user(run)
    litellm.before = lambda call: requests.ConnectionError() if call == "POST /team/member_add" else None
    with pytest.raises(pulumi.RunError, match="no connection"):
        made(run)
    assert litellm.teams.rows["t"]["metadata"]["llmproxy"]["members"] == ["u"]
    litellm.before = lambda _call: None
    made(Run(litellm))
    assert litellm.teams.members("t") == ["u"]


def test_delete_takes_gone_for_done_and_leaves_no_mark(litellm: FakeLitellm, run: Run) -> None:
    team_and_user(run)
    outs = made(run)
    provider = run.provider(TeamMembershipProvider)
    provider.delete("t/u", outs)
    provider.delete("t/u", outs)
    assert litellm.teams.members("t") == []
    assert "members" not in litellm.teams.rows["t"]["metadata"]["llmproxy"]
    assert Run(litellm).provider(TeamMembershipProvider).read("t/u", outs).id == ""


def test_a_member_with_keys_of_others_in_the_team_stays_and_the_error_names_them(
    litellm: FakeLitellm, run: Run
) -> None:
    team_and_user(run)
    outs = made(run)
    theirs = {"token": "0123456789", "key_alias": "theirs", "team_id": "t", "user_id": "u", "metadata": {}}
    litellm.keys["by hand"] = theirs
    litellm.keys["other"] = {**theirs, "token": "o", "team_id": None}
    with pytest.raises(pulumi.RunError, match=r"delete the keys theirs \(01234567…\) along, which this stack"):
        run.provider(TeamMembershipProvider).delete("t/u", outs)
    assert (len(litellm.keys), litellm.teams.members("t")) == (2, ["u"])


def test_a_user_whom_we_put_into_our_team_is_deleted_with_it_but_one_whom_others_put_in_stays(
    litellm: FakeLitellm, run: Run
) -> None:
    team_and_user(run)
    made(run)
    user = test_user.wanted()
    litellm.teams.by_hand("theirs", "u", team_alias="their crew")
    with pytest.raises(pulumi.RunError, match="out of the teams their crew, which"):
        run.provider(UserProvider).delete("u", user)
    del litellm.teams.rows["theirs"]
    run.provider(UserProvider).delete("u", user)
    assert (litellm.users, litellm.teams.members("t")) == ({}, [])


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"role": "admin"}, "role", "enterprise licence"),
        ({"role": "boss"}, "role", "unknown; allowed: user"),
        ({"limits": {"budget_duration": "1d"}}, "limits.budget_duration", "unknown; allowed: max_budget_in_team"),
    ],
)
def test_what_litellm_refuses_is_refused_at_check(run: Run, changes: dict[str, Any], place: str, reason: str) -> None:
    (failure,) = run.provider(TeamMembershipProvider).check({}, wanted(**changes)).failures
    assert failure.property == place
    assert reason in failure.reason


def test_memberships_of_any_number_cost_one_list_call(litellm: FakeLitellm, run: Run) -> None:
    team_and_user(run)
    outs = made(run)
    key = run.provider(KeyProvider).create(test_key.wanted(team_id="t")).outs
    later = Run(litellm)
    litellm.calls.clear()
    for _ in range(20):
        later.provider(TeamMembershipProvider).read("t/u", outs)
        later.provider(TeamProvider).read("t", test_team.wanted())
        later.provider(KeyProvider).read("k", key)
    assert litellm.calls.count("GET /team/list") == 1
    assert len(litellm.calls) == len(set(litellm.calls)) <= 3
