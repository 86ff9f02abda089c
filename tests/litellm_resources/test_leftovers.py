"""The rules of the Leftovers provider, on both versions: what a killed run made and nobody declares any more goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from litellm_resources.credential import CredentialProvider
from litellm_resources.key import KeyProvider
from litellm_resources.leftovers import LeftoversProvider
from litellm_resources.model import ModelProvider
from litellm_resources.team import TeamProvider
from litellm_resources.team_membership import TeamMembershipProvider
from litellm_resources.user import UserProvider
from tests.litellm_resources import test_key, test_model, test_team, test_team_membership, test_user
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm
from tests.litellm_resources.test_provider import CREDENTIAL, broken, refused

OWNER = "llmproxy/dev"
MODEL = "m@c:openai/m"
ALL = ["key k", "user u", f"model {MODEL}", "credential p"]
KINDS = ("credential", "model", "user", "budget", "team", "team membership", "key")
NOTHING: dict[str, list[str]] = {kind: [] for kind in KINDS}
Inputs = dict[str, Any]


def wanted(declared: Mapping[str, list[str]] | None = None) -> Inputs:
    return {"__provider": "reference", "owner": OWNER, "declared": {**NOTHING, **(declared or {})}, "remove": []}


def one_of_each(run: Run, owner: str = OWNER) -> Inputs:
    """What a killed run leaves behind: an object of each kind; gives the key's outputs."""
    run.provider(CredentialProvider).create({**CREDENTIAL, "owner": owner})
    run.provider(ModelProvider).create(test_model.wanted(owner=owner))
    run.provider(UserProvider).create(test_user.wanted(owner=owner))
    return run.provider(KeyProvider).create(test_key.wanted(owner=owner)).outs


def previewed(run: Run, last: Inputs, declared: Mapping[str, list[str]] | None = None) -> Inputs:
    """The inputs as a preview shows them beside the last ones."""
    checked = run.provider(LeftoversProvider).check(last, wanted(declared))
    assert checked.failures == []
    return checked.inputs


def upped(run: Run, last: Inputs, declared: Mapping[str, list[str]] | None = None) -> Inputs:
    """One `up` as Pulumi drives it; gives the inputs that the state then holds."""
    provider, news = run.provider(LeftoversProvider), previewed(run, last, declared)
    if not last:
        provider.create(news)
    elif provider.diff("leftovers", {**last, "remove": []}, news).changes:
        assert provider.update("leftovers", {**last, "remove": []}, news).outs["remove"] == []
    return news


def rows(litellm: FakeLitellm) -> int:
    return len(litellm.credentials) + len(litellm.models) + len(litellm.users) + len(litellm.keys)


def test_what_nobody_declares_is_shown_by_a_preview_and_removed_by_up(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    last = wanted()
    assert previewed(Run(litellm), last)["remove"] == ALL
    assert rows(litellm) == 4, "a preview removes nothing"
    now = upped(Run(litellm), last)
    assert rows(litellm) == 0
    later = Run(litellm)
    news = previewed(later, now)
    assert news["remove"] == []
    assert later.provider(LeftoversProvider).diff("leftovers", {**now, "remove": []}, news).changes is False


def test_a_stack_of_before_this_resource_gets_it_and_is_cleaned(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    assert upped(Run(litellm), {})["remove"] == ALL
    assert rows(litellm) == 0


def test_keys_go_before_users_and_models_before_credentials_and_one_line_tells(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    one_of_each(run)
    litellm.calls.clear()
    upped(Run(litellm), wanted())
    removals = [call for call in litellm.calls if "delete" in call or call.startswith("DELETE")]
    assert removals == ["POST /key/delete", "POST /user/delete", "POST /model/delete", "DELETE /credentials/p"]
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "left over" in line]
    assert line.endswith(", ".join(ALL))


def a_key_with_a_soft_budget(run: Run) -> str:
    """Its token."""
    return str(run.provider(KeyProvider).create(test_key.wanted(limits={"soft_budget": 1})).outs["token"])


def test_the_row_of_a_left_over_keys_soft_budget_goes_with_it(litellm: FakeLitellm, run: Run) -> None:
    a_key_with_a_soft_budget(run)
    assert len(litellm.budgets) == 1
    assert upped(Run(litellm), wanted())["remove"] == ["key k"]
    assert (litellm.keys, litellm.budgets) == ({}, {})


@pytest.mark.parametrize("last", ["POST /budget/delete", "POST /key/delete"])
def test_a_run_that_ends_beside_a_left_over_keys_soft_budget_leaves_nothing_to_the_next_one(
    litellm: FakeLitellm, run: Run, last: str
) -> None:
    a_key_with_a_soft_budget(run)
    litellm.before = lambda call: (403, {"error": {"message": "no"}}) if call == last else None
    with pytest.raises(pulumi.RunError):
        upped(Run(litellm), wanted())
    litellm.before = lambda _call: None
    upped(Run(litellm), wanted())
    assert (litellm.keys, litellm.budgets) == ({}, {})


@pytest.mark.parametrize("row_id", ["llmproxy/dev/key/k", "of-others", "llmproxy/prod/key/k"])
def test_a_soft_budget_that_another_key_has_or_others_made_stays(litellm: FakeLitellm, run: Run, row_id: str) -> None:
    token = a_key_with_a_soft_budget(run)
    (row,) = litellm.budgets.values()
    litellm.budgets = {row_id: row}
    litellm.keys[token]["budget_id"] = row_id
    if row_id == "llmproxy/dev/key/k":
        litellm.keys["x"] = {"token": "x", "key_alias": "theirs", "metadata": {}, "budget_id": row_id}
    assert upped(Run(litellm), wanted())["remove"] == ["key k"]
    assert (token in litellm.keys, list(litellm.budgets)) == (False, [row_id])


def test_all_rows_of_a_left_over_model_go(litellm: FakeLitellm, run: Run) -> None:
    run.provider(ModelProvider).create(test_model.wanted())
    (row,) = litellm.models.values()
    litellm.models["second"] = {**row, "model_info": {**row["model_info"], "id": "second"}}
    assert upped(Run(litellm), wanted())["remove"] == [f"model {MODEL}"]
    assert litellm.models == {}


@pytest.mark.parametrize("when", ["now", "last"])
def test_what_this_program_or_the_last_one_declares_is_left_to_its_own_resource(
    litellm: FakeLitellm, run: Run, when: str
) -> None:
    one_of_each(run)
    declared = {"credential": ["p"], "model": [MODEL], "user": ["u"], "key": ["k"]}
    last, now = (wanted(), declared) if when == "now" else (wanted(declared), {})
    assert upped(Run(litellm), last, now)["remove"] == []
    assert rows(litellm) == 4


def test_an_identity_of_one_kind_says_nothing_of_another(litellm: FakeLitellm, run: Run) -> None:
    run.provider(UserProvider).create(test_user.wanted())
    assert upped(Run(litellm), wanted(), {"key": ["u"], "model": ["u"], "credential": ["u"]})["remove"] == ["user u"]


def test_of_a_kind_that_a_program_does_not_tell_of_nothing_is_removed(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    news = {**wanted(), "declared": {"key": [], "user": []}}
    later = Run(litellm).provider(LeftoversProvider)
    assert later.check(wanted(), news).inputs["remove"] == ["key k", "user u"]
    later.update("leftovers", wanted(), {**news, "remove": ALL})
    assert (len(litellm.models), len(litellm.credentials), rows(litellm)) == (1, 1, 2)


def test_declaring_more_or_less_is_no_change_by_itself(run: Run) -> None:
    provider, last = run.provider(LeftoversProvider), wanted({"model": ["a"]})
    assert provider.diff("leftovers", last, wanted({"model": ["b"], "key": ["k"]})).changes is False


def test_what_another_stack_or_nobody_made_is_never_removed(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run, owner="llmproxy/prod")
    whole = {"project": "llmproxy", "stack": "dev", "identity": "x"}
    markers: list[dict[str, Any]] = [
        {},
        {"managed_by": "llmproxy"},
        {"managed_by": "somebody", "llmproxy": whole},
        {"managed_by": "llmproxy", "llmproxy": {**whole, "identity": ""}},
        {"managed_by": "llmproxy", "llmproxy": {**whole, "project": "llm"}},
    ]
    for marker in markers:
        row_id = f"by-hand-{len(litellm.models)}"
        info = {"id": row_id, **marker}
        litellm.models[row_id] = {"model_name": "m", "litellm_params": {"model": "openai/m"}, "model_info": info}
    before = rows(litellm)
    assert upped(Run(litellm), wanted())["remove"] == []
    forced = {**wanted(), "remove": [*ALL, "model x", "model "]}
    Run(litellm).provider(LeftoversProvider).update("leftovers", wanted(), forced)
    assert rows(litellm) == before


def test_a_marker_that_went_between_preview_and_update_saves_the_row(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    later = Run(litellm)
    news = previewed(later, wanted())
    (row,) = litellm.models.values()
    del row["model_info"]["managed_by"]
    later.provider(LeftoversProvider).update("leftovers", wanted(), news)
    assert (len(litellm.models), rows(litellm)) == (1, 1)


def test_an_update_removes_only_what_its_check_listed(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    news = {**wanted(), "remove": ["key k"]}
    Run(litellm).provider(LeftoversProvider).update("leftovers", wanted(), news)
    assert litellm.keys == {}
    assert rows(litellm) == 3


def test_a_row_renamed_by_hand_is_told_by_its_marker_and_by_its_name(litellm: FakeLitellm, run: Run) -> None:
    token = one_of_each(run)["token"]
    litellm.keys[token]["key_alias"] = "renamed"
    litellm.credentials["p"]["credential_info"]["llmproxy"]["identity"] = "another"
    declared = {"credential": ["p"], "model": [MODEL], "user": ["u"], "key": ["k"]}
    assert previewed(Run(litellm), wanted(), declared)["remove"] == []


@pytest.mark.parametrize("whose", ["nobody's", "declared"])
def test_a_left_over_user_with_a_key_that_stays_is_kept_and_told(
    litellm: FakeLitellm, run: Run, whose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    token = one_of_each(run)["token"]
    if whose == "nobody's":
        litellm.keys[token]["metadata"] = {}
    declared = {"key": ["k"]} if whose == "declared" else {}
    now = upped(Run(litellm), wanted(), declared)
    assert now["remove"] == [f"model {MODEL}", "credential p"]
    assert (list(litellm.users), list(litellm.keys)) == (["u"], [token])
    assert capsys.readouterr().err.count("user u: left over, but kept as long as these stay: key k\n") == 1


def test_a_left_over_user_in_a_team_and_a_credential_of_a_model_that_stays_are_kept_and_told(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    one_of_each(run)
    litellm.teams.by_hand("t", "u", team_alias="crew")
    params = {"model": "openai/m", "litellm_credential_name": "p"}
    litellm.models["by-hand"] = {"model_name": "theirs", "litellm_params": params, "model_info": {"id": "by-hand"}}
    assert upped(Run(litellm), wanted())["remove"] == ["key k", f"model {MODEL}"]
    assert (list(litellm.users), list(litellm.credentials), list(litellm.models)) == (["u"], ["p"], ["by-hand"])
    told = capsys.readouterr().err
    assert "user u: left over, but kept as long as these stay: team membership t/u\n" in told
    assert "credential p: left over, but kept as long as these stay: model theirs\n" in told


def test_what_is_gone_already_is_done(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    later = Run(litellm)
    news = previewed(later, wanted())
    litellm.before = lambda call: _removed_meanwhile(litellm) if "delete" in call.lower() else None
    later.provider(LeftoversProvider).update("leftovers", wanted(), news)
    assert rows(litellm) == 0


def _removed_meanwhile(litellm: FakeLitellm) -> None:
    for table in (litellm.keys, litellm.users, litellm.models, litellm.credentials):
        table.clear()


def test_nothing_more_is_listed_than_the_others_list(litellm: FakeLitellm, run: Run) -> None:
    later = Run(litellm)
    session = later.session
    accounts = (session.users, session.budgets, session.teams, session.keys)
    for shared in (session.credentials, session.models, session.mcp_servers, session.guardrails, *accounts):
        shared.rows()
    litellm.calls.clear()
    upped(later, wanted())
    assert litellm.calls == []


def test_a_read_asks_nobody_and_leaves_the_inputs_of_the_last_program_in_the_state(run: Run) -> None:
    last = wanted({"model": ["a"]})
    found = run.provider(LeftoversProvider, connected=False).itself.read("leftovers", last)
    assert (found.id, found.inputs) == ("leftovers", None)
    assert found.outs == {name: value for name, value in last.items() if name != "__provider"}


def test_a_teardown_and_a_deletion_remove_nothing(
    litellm: FakeLitellm, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_of_each(run)
    litellm.calls.clear()
    run.provider(LeftoversProvider).delete("leftovers", {**wanted(), "remove": ALL})
    monkeypatch.setenv("LLMPROXY_TEARDOWN", "1")
    provider = run.provider(LeftoversProvider, connected=False)
    assert provider.check(wanted(), wanted()).inputs["remove"] == []
    assert litellm.calls == []
    assert rows(litellm) == 4


def test_an_unknown_value_of_a_preview_names_nothing_to_remove(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    assert previewed(Run(litellm), wanted(), {"model": [rpc.UNKNOWN]})["remove"] == []


def test_a_gateway_that_does_not_run_yet_is_told_and_names_nothing_to_remove(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    litellm.before = refused
    assert previewed(run, {})["remove"] == []
    assert capsys.readouterr().err.count("does not run yet") == 1


def test_a_gateway_that_breaks_off_is_one_error_for_all(litellm: FakeLitellm, run: Run) -> None:
    litellm.before = broken
    with pytest.raises(pulumi.RunError, match=r"LiteLLM leftovers: .*no connection"):
        run.provider(LeftoversProvider).check(wanted(), wanted())
    assert run.provider(ModelProvider).check({}, test_model.wanted()).failures == []


def test_a_removal_that_fails_is_an_error_and_the_next_run_goes_on(litellm: FakeLitellm, run: Run) -> None:
    one_of_each(run)
    litellm.before = lambda call: (403, {"error": {"message": "no"}}) if call == "POST /model/delete" else None
    later = Run(litellm)
    news = previewed(later, wanted())
    with pytest.raises(pulumi.RunError, match="LiteLLM leftovers"):
        later.provider(LeftoversProvider).update("leftovers", wanted(), news)
    litellm.before = lambda _call: None
    assert upped(Run(litellm), wanted())["remove"] == [f"model {MODEL}", "credential p"]
    assert rows(litellm) == 0


def a_team_with_a_member(run: Run) -> None:
    run.provider(UserProvider).create(test_user.wanted())
    run.provider(TeamProvider).create(test_team.wanted())
    run.provider(TeamMembershipProvider).create(test_team_membership.wanted())


def test_a_left_over_team_goes_after_its_members_and_keys(litellm: FakeLitellm, run: Run) -> None:
    a_team_with_a_member(run)
    run.provider(KeyProvider).create(test_key.wanted(team_id="t"))
    assert upped(Run(litellm), wanted())["remove"] == ["key k", "team membership t/u", "team t", "user u"]
    assert (litellm.teams.rows, litellm.users, litellm.keys) == ({}, {}, {})


def test_a_left_over_member_goes_and_its_declared_team_forgets_that_it_was_ours(litellm: FakeLitellm, run: Run) -> None:
    a_team_with_a_member(run)
    assert upped(Run(litellm), wanted(), {"team": ["t"], "user": ["u"]})["remove"] == ["team membership t/u"]
    assert (litellm.teams.members("t"), list(litellm.users)) == ([], ["u"])
    assert previewed(Run(litellm), wanted(), {"team": ["t"], "user": ["u"]})["remove"] == []


def test_a_left_over_team_with_a_member_or_key_of_others_is_kept_and_told(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    a_team_with_a_member(run)
    litellm.teams.rows["t"]["members_with_roles"].append({"user_id": "v", "role": "user"})
    litellm.keys["x"] = {"token": "x", "key_alias": "theirs", "team_id": "t", "user_id": "v", "metadata": {}}
    assert upped(Run(litellm), wanted())["remove"] == ["team membership t/u", "user u"]
    assert litellm.teams.members("t") == ["v"]
    kept = "team t: left over, but kept as long as these stay: key theirs, team membership t/v\n"
    assert kept in capsys.readouterr().err
