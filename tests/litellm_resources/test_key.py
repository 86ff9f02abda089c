"""The rules of the Key provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from litellm_resources.admin_api.keys import token_of
from litellm_resources.key import KeyProvider
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "key_alias": "k",
        "fingerprint_key": "fingerprint-key",
        "models": ["General"],
        "user_id": "u",
        "key_type": "default",
        "limits": {"rpm_limit": 100.0},
        "metadata": {"team": "a"},
        "rotation": 0.0,
        "adopt": False,
    }
    return {**props, **changes}


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(KeyProvider).create(wanted(**changes)).outs


def test_the_value_is_derived_and_the_server_knows_its_hash(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    assert outs["key"].startswith("sk-")
    assert len(outs["key"]) >= 40
    assert list(litellm.keys) == [token_of(outs["key"])] == [outs["token"]]
    assert made(run, key_alias="other")["key"] != outs["key"]


def test_a_killed_create_adopts_the_same_value(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.calls.clear()
    assert made(Run(litellm)) == outs
    assert "POST /key/generate" not in litellm.calls
    assert len(litellm.keys) == 1


def test_what_was_made_is_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    later = Run(litellm)
    read = later.provider(KeyProvider).read("k", outs)
    assert read.outs == outs
    assert "key" not in read.inputs
    assert later.provider(KeyProvider).diff("", read.outs, wanted()).changes is False


def test_drift_of_every_field_is_seen_and_healed_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    row = litellm.keys[outs["token"]]
    row.update(models=["Premium"], user_id="v", rpm_limit=1, tpm_limit=2, allowed_routes=["llm_api_routes"])
    row["metadata"]["team"] = "b"
    later = Run(litellm)
    read = later.provider(KeyProvider).read("k", outs)
    found = {name: read.inputs[name] for name in ("models", "user_id", "limits", "key_type", "metadata")}
    assert found == {
        "models": ["Premium"],
        "user_id": "v",
        "limits": {"rpm_limit": 1, "tpm_limit": 2},
        "key_type": "llm_api",
        "metadata": {"team": "b"},
    }
    updated = later.provider(KeyProvider).update("k", read.outs, wanted())
    assert updated.outs["key"] == outs["key"]
    assert Run(litellm).provider(KeyProvider).read("k", updated.outs).outs == outs


def test_another_fingerprint_key_does_not_change_an_existing_value(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    news = wanted(fingerprint_key="another")
    provider = Run(litellm).provider(KeyProvider)
    assert provider.diff("", outs, news).changes is False
    assert provider.update("k", outs, news).outs["key"] == outs["key"]


def test_a_key_renamed_by_hand_gets_its_alias_back_and_keeps_its_spend(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.keys[outs["token"]].update(key_alias="x", spend=2.5)
    later = Run(litellm)
    read = later.provider(KeyProvider).read("k", outs)
    diff = later.provider(KeyProvider).diff("", read.outs, wanted())
    assert (read.inputs["key_alias"], diff.changes, diff.replaces) == ("x", True, [])
    assert later.provider(KeyProvider).update("k", read.outs, wanted()).outs["key"] == outs["key"]
    row = litellm.keys[outs["token"]]
    assert (row["key_alias"], row["spend"]) == ("k", 2.5)


def test_a_key_deleted_by_hand_comes_back_with_its_value(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.keys.clear()
    later = Run(litellm)
    assert later.provider(KeyProvider).read("k", outs).id == ""
    assert made(later) == outs


def test_a_key_of_ours_whose_value_is_lost_makes_way_and_that_is_told_at_check(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = made(run, fingerprint_key="lost")
    later = Run(litellm)
    assert later.provider(KeyProvider).check({}, wanted()).failures == []
    told = "warning: LiteLLM key k: is in LiteLLM with another value, will be deleted and made anew\n"
    assert capsys.readouterr().err == told
    outs = made(later)
    assert list(litellm.keys) == [outs["token"]] != [lost["token"]]


def test_somebody_elses_key_of_that_alias_is_an_error_and_stays(litellm: FakeLitellm, run: Run) -> None:
    litellm.keys["t"] = {"token": "t", "key_alias": "k", "metadata": {}, "models": []}
    (failure,) = run.provider(KeyProvider).check({}, wanted()).failures
    assert failure.reason == (
        "is in LiteLLM under this alias with a value that nobody can read, so that it cannot be taken over; "
        "rename it in the catalog, or have its owner delete it"
    )
    assert run.provider(KeyProvider).check({}, wanted(adopt=True)).failures[0].reason == failure.reason
    with pytest.raises(pulumi.RunError, match="nobody can read"):
        made(run)
    assert list(litellm.keys) == ["t"]


def test_a_key_of_our_value_without_our_marker_is_told_at_check_and_may_be_adopted(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    litellm.keys[outs["token"]]["metadata"] = {}
    later = Run(litellm)
    (failure,) = later.provider(KeyProvider).check({}, wanted()).failures
    assert 'put "k" into litellm.adopt' in failure.reason
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        made(later)
    assert later.provider(KeyProvider).check({}, wanted(adopt=True)).failures == []
    assert made(later, adopt=True) == {**outs, "adopt": True}


@pytest.mark.parametrize("another", [False, True])
def test_a_soft_budget_is_seen_changed_taken_away_and_given_back_and_no_row_of_others_is_changed(
    litellm: FakeLitellm, run: Run, another: bool
) -> None:
    outs = made(run, limits={"soft_budget": 1})
    (budget,) = litellm.budgets.values()
    if another:
        # As LiteLLM makes it for a key that is generated with one, and as earlier releases of this program left it.
        litellm.budgets = {"random": budget}
        litellm.keys[outs["token"]]["budget_id"] = "random"
    assert Run(litellm).provider(KeyProvider).read("k", outs).outs == outs
    budget["soft_budget"] = 7
    later = Run(litellm)
    read = later.provider(KeyProvider).read("k", outs)
    assert read.inputs["limits"] == {"soft_budget": 7}
    for limits in ({}, {"soft_budget": 1}, {}, {"soft_budget": 3}):
        read_back = later.provider(KeyProvider).update("k", read.outs, wanted(limits=limits)).outs
        assert Run(litellm).provider(KeyProvider).read("k", read_back).inputs["limits"] == limits
    assert [row["soft_budget"] for row in litellm.budgets.values()] == ([7, 3] if another else [3])
    Run(litellm).provider(KeyProvider).delete("k", read_back)
    assert list(litellm.budgets) == (["random"] if another else [])


def test_a_duration_that_is_taken_away_has_no_effect_any_more(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run, limits={"max_budget": 5, "budget_duration": "30d"})
    news = wanted(limits={"max_budget": 5})
    updated = Run(litellm).provider(KeyProvider).update("k", outs, news)
    read = Run(litellm).provider(KeyProvider).read("k", updated.outs)
    assert Run(litellm).provider(KeyProvider).diff("", read.outs, news).changes is False
    assert litellm.keys[outs["token"]]["budget_duration"] == ("36500d" if litellm.old else None)


def test_a_list_of_more_than_a_page_is_read_to_its_end(litellm: FakeLitellm, run: Run) -> None:
    first = made(run, key_alias="first")
    litellm.keys |= {str(number): {"token": str(number), "key_alias": str(number)} for number in range(150)}
    last = made(run, key_alias="last")
    litellm.calls.clear()
    later = Run(litellm)
    assert later.provider(KeyProvider).read("first", first).id == "first"
    assert later.provider(KeyProvider).read("last", last).id == "last"
    assert litellm.calls == ["GET /key/list", "GET /key/list", *(["POST /v2/key/info"] if litellm.old else [])]


def test_delete_takes_gone_for_done_and_leaves_what_lost_its_marker(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    provider = run.provider(KeyProvider)
    litellm.keys[outs["token"]]["metadata"] = {}
    provider.delete("k", outs)
    assert list(litellm.keys) == [outs["token"]]
    litellm.keys.clear()
    provider.delete("k", outs)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"models": []}, "models"), ({"key_type": "root"}, "key_type"), ({"limits": {"rmp": 1}}, "limits.rmp")],
)
def test_bad_input_is_refused_with_its_field(run: Run, changes: dict[str, Any], field: str) -> None:
    assert [failure.property for failure in run.provider(KeyProvider).check({}, wanted(**changes)).failures] == [field]


def test_a_limit_that_the_server_keeps_is_an_error_that_names_it(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.before = lambda call: (200, {}) if call == "POST /key/update" else None
    with pytest.raises(pulumi.RunError, match=r"limits\.rpm_limit"):
        Run(litellm).provider(KeyProvider).update("k", outs, wanted(limits={}))


def test_a_key_type_becomes_its_routes(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    updated = Run(litellm).provider(KeyProvider).update("k", outs, wanted(key_type="llm_api"))
    assert litellm.keys[updated.outs["token"]]["allowed_routes"] == ["llm_api_routes"]


def test_a_deletion_that_ends_beside_the_soft_budget_leaves_nothing_to_the_next_one(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run, limits={"soft_budget": 1})
    litellm.before = lambda call: (403, {"error": {"message": "no"}}) if call == "POST /key/delete" else None
    with pytest.raises(pulumi.RunError):
        Run(litellm).provider(KeyProvider).delete("k", outs)
    litellm.before = lambda _call: None
    Run(litellm).provider(KeyProvider).delete("k", outs)
    assert (litellm.keys, litellm.budgets) == ({}, {})


def test_a_key_that_somebody_blocked_or_gave_an_end_is_told_and_left_so(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    outs = run.provider(KeyProvider).create(wanted()).outs
    Run(litellm).provider(KeyProvider).read("k", outs)
    assert capsys.readouterr().err == ""
    litellm.keys[outs["token"]] |= {"blocked": True, "expires": "2030-01-02T03:04:05Z"}
    read = Run(litellm).provider(KeyProvider).read("k", outs)
    assert read.outs == outs
    told = capsys.readouterr().err
    assert "is blocked in LiteLLM and stays so" in told
    assert "works until 2030-01-02 03:04 UTC only" in told
