"""What LiteLLM does with teams, their members, and keys of a team."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from litellm_resources.admin_api import keys, teams, users
from litellm_resources.admin_api.errors import AdminApiError, NotFound, Rejected, Unauthorized
from litellm_resources.admin_api.keys import token_of
from tests.litellm_resources.contract.conftest import Api

LIMITS: dict[str, Any] = {"max_budget": 5.5, "soft_budget": 4, "budget_duration": "30d", "tpm_limit": 7, "rpm_limit": 3}
KEY = "sk-0123456789abcdef"


def made(api: Api, team_id: str = "t", **fields: Any) -> None:
    teams.create(api.client, {"team_id": team_id, "team_alias": "crew", "models": ["m"], **fields})


def user(api: Api, user_id: str = "u") -> None:
    users.create(api.client, {"user_id": user_id, "user_role": "internal_user", "models": ["m"]})


def member(api: Api, **limits: Any) -> None:
    user(api)
    teams.add_member(api.client, "t", "u", "user", limits)


def key(api: Api, value: str = KEY, **fields: Any) -> None:
    keys.create(api.client, value, {"key_alias": value[-4:], "models": ["m"], **fields})


def shown(api: Api, team_id: str = "t") -> teams.TeamRow:
    return teams.read_all(api.client)[team_id]


def test_one_is_listed_with_what_was_asked_for_and_the_master_keys_user_is_added_to_it(api: Api) -> None:
    made(api, metadata={"a": {"b": 1}}, **LIMITS)
    row = shown(api)
    assert (row.team_alias, row.models, row.metadata, row.limits) == ("crew", ["m"], {"a": {"b": 1}}, LIMITS)
    assert [(each.user_id, each.role) for each in row.members_with_roles or []] == [(teams.MASTER_USER, "admin")]
    assert row.roles == {}
    assert teams.read_one(api.client, "none") is None


def test_a_second_one_of_an_id_is_refused_and_of_a_name_is_not(api: Api) -> None:
    made(api)
    with pytest.raises(Rejected):
        made(api)
    made(api, "other")
    assert set(teams.read_all(api.client)) == {"t", "other"}


def test_null_clears_every_limit_and_lists_and_metadata_are_replaced_and_emptied(api: Api) -> None:
    made(api, metadata={"a": 1}, **LIMITS)
    cleared: dict[str, Any] = dict.fromkeys(LIMITS)
    teams.change(api.client, {"team_id": "t", "models": [], "metadata": {"b": 2}, **cleared})
    assert (shown(api).models, shown(api).metadata, shown(api).limits) == ([], {"b": 2}, {})
    teams.change(api.client, {"team_id": "t", "metadata": {}})
    assert (shown(api).team_alias, shown(api).metadata) == ("crew", {})


def test_a_budget_is_compared_with_the_soft_budget_that_goes_along(api: Api) -> None:
    made(api, max_budget=5, soft_budget=4)
    with pytest.raises(Rejected, match="strictly greater"):
        teams.change(api.client, {"team_id": "t", "max_budget": 1, "soft_budget": None})
    teams.change(api.client, {"team_id": "t", "max_budget": 3, "soft_budget": 2})
    with pytest.raises(Rejected):
        made(api, "other", max_budget=5, soft_budget=5)


@pytest.mark.parametrize("field", ["tags", "guardrails", "prompts", "policies"])
def test_what_needs_a_licence_is_refused(api: Api, field: str) -> None:
    licensed: dict[str, Any] = {field: ["x"]}
    with pytest.raises(Unauthorized, match="403"):
        made(api, **licensed)


def test_a_negative_budget_and_a_change_of_nothing_are_refused(api: Api) -> None:
    with pytest.raises(Rejected):
        made(api, max_budget=-1)
    with pytest.raises(NotFound):
        teams.change(api.client, {"team_id": "none", "max_budget": 1})
    teams.delete(api.client, "none")


def test_a_member_has_limits_which_an_update_replaces_and_clears(api: Api) -> None:
    made(api)
    member(api, max_budget_in_team=2.5, rpm_limit=3)
    assert shown(api).roles == {"u": "user"}
    assert shown(api).limits_of("u") == {"max_budget_in_team": 2.5, "rpm_limit": 3}
    assert (teams.read_one(api.client, "t") or shown(api)).limits_of("u") == {"max_budget_in_team": 2.5, "rpm_limit": 3}
    for limits in ({"max_budget_in_team": 0}, {"tpm_limit": 4}, {}):
        teams.change_member(api.client, "t", "u", "user", limits)
        assert shown(api).limits_of("u") == limits


def test_a_second_membership_a_team_admin_and_an_unknown_team_are_refused(api: Api) -> None:
    made(api)
    member(api)
    with pytest.raises(Rejected):
        teams.add_member(api.client, "t", "u", "user", {})
    user(api, "v")
    with pytest.raises(Rejected, match="premium"):
        teams.add_member(api.client, "t", "v", "admin", {})
    with pytest.raises(Rejected, match="premium"):
        teams.change_member(api.client, "t", "u", "admin", {})
    with pytest.raises(NotFound):
        teams.add_member(api.client, "none", "v", "user", {})
    assert shown(api).roles == {"u": "user"}


def test_an_unknown_user_is_made_by_putting_it_into_a_team(api: Api) -> None:
    made(api)
    teams.add_member(api.client, "t", "nobody", "user", {})
    assert users.read_one(api.client, "nobody") is not None


def test_a_change_of_who_is_no_member_makes_no_member_and_is_an_error_on_the_newer_version_only(api: Api) -> None:
    made(api)
    with nullcontext() if api.old else pytest.raises(NotFound, match="not a member"):
        teams.change_member(api.client, "t", "nobody", "user", {"max_budget_in_team": 1})
    assert shown(api).roles == {}


def test_who_is_taken_out_loses_the_keys_of_the_team_and_no_others(api: Api) -> None:
    made(api)
    member(api)
    key(api, user_id="u", team_id="t")
    key(api, f"{KEY}2", user_id="u")
    key(api, f"{KEY}3", team_id="t")
    teams.remove_member(api.client, "t", "u")
    assert shown(api).roles == {}
    assert set(keys.read_all(api.client)) == {token_of(f"{KEY}2"), token_of(f"{KEY}3")}
    teams.remove_member(api.client, "t", "u")
    teams.remove_member(api.client, "none", "u")


def test_a_deleted_team_takes_its_keys_along_and_a_deleted_user_leaves_its_teams(api: Api) -> None:
    made(api)
    member(api)
    key(api, user_id="u", team_id="t")
    key(api, f"{KEY}2", user_id="u")
    teams.delete(api.client, "t")
    assert list(keys.read_all(api.client)) == [token_of(f"{KEY}2")]
    made(api)
    teams.add_member(api.client, "t", "u", "user", {})
    users.delete(api.client, "u")
    assert shown(api).roles == {}


def test_a_key_goes_into_a_team_only_with_models_of_before_that_are_the_teams_and_a_user_who_is_a_member(
    api: Api,
) -> None:
    made(api, models=["other"])
    key(api)
    token = token_of(KEY)
    with pytest.raises(Unauthorized, match=r"team_model|not allowed|not available"):
        keys.change(api.client, token, {"team_id": "t", "models": ["other"]})
    keys.change(api.client, token, {"models": ["other"]})
    keys.change(api.client, token, {"team_id": "t"})
    assert keys.read_all(api.client)[token].team_id == "t"
    keys.change(api.client, token, {"team_id": None})
    assert keys.read_all(api.client)[token].team_id is None
    user(api)
    keys.change(api.client, token, {"user_id": "u"})
    with pytest.raises(AdminApiError, match="not a member"):
        keys.change(api.client, token, {"team_id": "t"})
