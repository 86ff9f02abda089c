"""The rules of the Budget provider, and of a key's budget, on both versions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pulumi
import pytest

from litellm_resources.budget import BudgetProvider
from litellm_resources.key import KeyProvider
from litellm_resources.leftovers import LeftoversProvider
from tests.litellm_resources import test_key
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm

ID = "llmproxy:llmproxy/dev/small"
LIMITS = {"max_budget": 5.0, "soft_budget": 4.0, "budget_duration": "30d", "tpm_limit": 7.0}


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "name": "small",
        "budget_id": ID,
        "limits": dict(LIMITS),
        "adopt": False,
    }
    return {**props, **changes}


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(BudgetProvider).create(wanted(**changes)).outs


def key(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(KeyProvider).create(test_key.wanted(**changes)).outs


def test_what_was_made_is_no_drift_and_create_adopts_it(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    read = Run(litellm).provider(BudgetProvider).read("small", outs)
    assert read.outs == outs
    assert Run(litellm).provider(BudgetProvider).diff("", read.outs, wanted()).changes is False
    litellm.calls.clear()
    assert made(Run(litellm)) == outs
    assert "POST /budget/new" not in litellm.calls


def test_drift_is_seen_and_healed_and_what_is_taken_away_is_cleared_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.budgets[ID].update(max_budget=9.0, rpm_limit=1, soft_budget=None)
    read = Run(litellm).provider(BudgetProvider).read("small", outs)
    assert read.inputs["limits"] == {"max_budget": 9, "budget_duration": "30d", "tpm_limit": 7, "rpm_limit": 1}
    Run(litellm).provider(BudgetProvider).update("small", read.outs, wanted(limits={"rpm_limit": 2}))
    assert {name: value for name, value in litellm.budgets[ID].items() if value is not None} == {
        "budget_id": ID,
        "rpm_limit": 2,
        "budget_reset_at": "2026-12-01T00:00:00Z",
    }
    assert "POST /budget/delete" not in litellm.calls


@pytest.mark.parametrize(("duration", "days"), [("7d", 7), ("2w", 14), ("1mo", 30), ("3600s", 1 / 24)])
def test_a_duration_that_is_new_begins_a_period_also_where_litellm_begins_none(
    litellm: FakeLitellm, run: Run, duration: str, days: float
) -> None:
    outs = made(run, limits={"max_budget": 5})
    run.provider(BudgetProvider).update("small", outs, wanted(limits={"max_budget": 5, "budget_duration": duration}))
    reset = litellm.budgets[ID]["budget_reset_at"]
    if litellm.old:
        assert datetime.fromisoformat(reset) - run.session.clock.today() == timedelta(days=days)
    else:
        assert reset == "2026-12-01T00:00:00Z"


def test_the_id_says_whose_a_budget_is(litellm: FakeLitellm, run: Run) -> None:
    theirs = "llmproxy:llmproxy/prod/small"
    (failure,) = run.provider(BudgetProvider).check({}, wanted(budget_id=theirs, adopt=True)).failures
    assert "belongs to the stack llmproxy/prod" in failure.reason
    with pytest.raises(pulumi.RunError, match="belongs to the stack llmproxy/prod"):
        made(run, budget_id=theirs, adopt=True)
    assert litellm.budgets == {}


def test_one_made_by_hand_is_changed_only_while_it_may_be_and_never_deleted(litellm: FakeLitellm, run: Run) -> None:
    litellm.budgets["hand"] = {"budget_id": "hand", "max_budget": 1.0}
    (failure,) = run.provider(BudgetProvider).check({}, wanted(budget_id="hand")).failures
    assert 'put "small" into litellm.adopt' in failure.reason
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        made(run, budget_id="hand")
    assert litellm.budgets["hand"]["max_budget"] == 1
    outs = made(run, budget_id="hand", adopt=True)
    assert litellm.budgets["hand"]["max_budget"] == 5
    run.provider(BudgetProvider).delete("small", outs)
    assert list(litellm.budgets) == ["hand"]


def test_another_id_is_another_budget_which_is_made_before_the_one_of_before_goes(run: Run) -> None:
    outs = made(run)
    diff = run.provider(BudgetProvider).diff("small", outs, wanted(budget_id="hand", adopt=True))
    assert (diff.replaces, diff.delete_before_replace) == (["budget_id"], False)


def test_delete_takes_gone_for_done(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    provider = run.provider(BudgetProvider)
    provider.delete("small", outs)
    provider.delete("small", outs)
    assert litellm.budgets == {}
    assert Run(litellm).provider(BudgetProvider).read("small", outs).id == ""


def test_a_budget_that_limits_keys_or_customers_of_others_is_not_deleted(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    ours = key(run, budget_id=ID)
    litellm.keys["0123456789"] = {"token": "0123456789", "key_alias": "theirs", "budget_id": ID, "metadata": {}}
    litellm.customers["c"] = {"user_id": "c", "budget_id": ID}
    with pytest.raises(pulumi.RunError) as error:
        run.provider(BudgetProvider).delete("small", outs)
    assert str(error.value) == (
        "LiteLLM budget small: not deleted, because it limits the keys theirs (01234567…) and the customers c, which "
        "this stack did not make; give them other limits there; or put the budget back into the catalog"
    )
    assert litellm.keys[ours["token"]]["budget_id"] == ID


def test_a_key_gets_a_budget_changes_it_and_loses_it_and_its_budgets_stay_as_they_are(
    litellm: FakeLitellm, run: Run
) -> None:
    made(run)
    made(run, name="large", budget_id="llmproxy:llmproxy/dev/large")
    outs = key(run, budget_id=ID, limits={"rpm_limit": 3})
    read = Run(litellm).provider(KeyProvider).read("k", outs)
    assert read.outs == outs, "the budget's soft budget is none of the key"
    before = {name: dict(row) for name, row in litellm.budgets.items()}
    provider = Run(litellm).provider(KeyProvider)
    for budget_id in ("llmproxy:llmproxy/dev/large", None):
        news = test_key.wanted(budget_id=budget_id, limits={"rpm_limit": 3})
        outs = {**outs, **provider.update("k", outs, news).outs}
        assert litellm.keys[outs["token"]]["budget_id"] == budget_id
        assert Run(litellm).provider(KeyProvider).read("k", outs).outs.get("budget_id") == budget_id
    assert litellm.budgets == before


@pytest.mark.parametrize("limits", [{}, {"soft_budget": 4.0}])
def test_a_key_loses_also_a_budget_that_limits_nothing_by_itself(
    litellm: FakeLitellm, run: Run, limits: dict[str, Any]
) -> None:
    made(run, limits=limits)
    outs = key(run, budget_id=ID)
    provider = Run(litellm).provider(KeyProvider)
    outs = {**outs, **provider.update("k", outs, test_key.wanted()).outs}
    assert litellm.keys[outs["token"]]["budget_id"] is None
    assert list(litellm.budgets) == [ID]


def test_a_key_changes_its_own_soft_budget_for_a_shared_one_and_back(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    outs = key(run, limits={"soft_budget": 3})
    provider = run.provider(KeyProvider)
    shared = test_key.wanted(budget_id=ID, limits={})
    provider.update("k", outs, shared)
    assert list(litellm.budgets) == [ID], "the row of the soft budget is gone"
    provider.update("k", {**outs, **shared}, test_key.wanted(limits={"soft_budget": 3}))
    row = litellm.keys[outs["token"]]
    assert (row["budget_id"] != ID, litellm.budgets[row["budget_id"]]["soft_budget"]) == (True, 3)
    assert litellm.budgets[ID]["soft_budget"] == 4


def test_a_budget_that_somebody_gave_a_key_is_drift_and_taken_away_again(litellm: FakeLitellm, run: Run) -> None:
    outs = key(run)
    litellm.budgets["theirs"] = {"budget_id": "theirs", "max_budget": 1.0}
    litellm.keys[outs["token"]]["budget_id"] = "theirs"
    read = Run(litellm).provider(KeyProvider).read("k", outs)
    assert read.inputs["budget_id"] == "theirs"
    Run(litellm).provider(KeyProvider).update("k", read.outs, test_key.wanted())
    assert litellm.keys[outs["token"]]["budget_id"] is None
    assert "theirs" in litellm.budgets


def test_a_soft_budget_beside_a_shared_one_is_refused(run: Run) -> None:
    wish = test_key.wanted(budget_id=ID, limits={"soft_budget": 1})
    (failure,) = run.provider(KeyProvider).check({}, wish).failures
    assert failure.property == "limits.soft_budget"


def test_a_left_over_budget_goes_unless_keys_that_stay_have_it(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    made(run, name="used", budget_id="llmproxy:llmproxy/dev/used")
    litellm.budgets["by hand"] = {"budget_id": "by hand"}
    litellm.budgets["llmproxy:llmproxy/prod/small"] = {"budget_id": "llmproxy:llmproxy/prod/small"}
    litellm.keys["t"] = {"token": "t", "budget_id": "llmproxy:llmproxy/dev/used", "metadata": {}}
    props = {"owner": "llmproxy/dev", "declared": {"budget": []}, "remove": []}
    provider = Run(litellm).provider(LeftoversProvider)
    news = provider.check(props, props).inputs
    assert news["remove"] == ["budget small"]
    provider.update("leftovers", props, news)
    assert ID not in litellm.budgets
    assert len(litellm.budgets) == 3
