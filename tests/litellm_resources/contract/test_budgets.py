"""What LiteLLM does with budgets, and with keys and customers that have one."""

from __future__ import annotations

from typing import Any

import pytest

from litellm_resources.admin_api import budgets, keys
from litellm_resources.admin_api.errors import AdminApiError, Rejected
from litellm_resources.admin_api.keys import token_of
from tests.litellm_resources.contract.conftest import Api

LIMITS: dict[str, Any] = {
    "max_budget": 5.5,
    "soft_budget": 4,
    "budget_duration": "30d",
    "tpm_limit": 7,
    "rpm_limit": 3,
    "max_parallel_requests": 2,
}
ID = "llmproxy:llmproxy/dev/small"
KEY = "sk-0123456789abcdef"


def made(api: Api, budget_id: str = ID, **fields: Any) -> None:
    budgets.create(api.client, {"budget_id": budget_id, **(fields or LIMITS)})


def shown(api: Api) -> budgets.BudgetRow:
    return budgets.read_all(api.client)[ID]


def key_row(api: Api) -> keys.KeyRow:
    return keys.read_all(api.client)[token_of(KEY)]


def test_one_is_listed_with_what_was_asked_for_and_null_clears_all_of_it(api: Api) -> None:
    made(api)
    assert (shown(api).limits, shown(api).budget_reset_at is not None) == (LIMITS, True)
    assert budgets.read_one(api.client, ID) == shown(api)
    budgets.change(api.client, {"budget_id": ID, **dict.fromkeys(LIMITS)})
    assert shown(api).limits == {}


def test_a_second_one_of_an_id_is_refused_and_a_change_of_none_is_no_error(api: Api) -> None:
    made(api)
    with pytest.raises(AdminApiError):
        made(api)
    # 1.81.12 says no more than 500, and ends the connection.
    api.client.close()
    budgets.change(api.client, {"budget_id": "none", "max_budget": 1})
    budgets.delete(api.client, "none")
    assert budgets.read_one(api.client, "none") is None


def test_a_negative_budget_is_refused(api: Api) -> None:
    with pytest.raises(Rejected):
        made(api, max_budget=-1)


def test_a_duration_that_an_update_adds_begins_a_period_on_the_newer_version_only(api: Api) -> None:
    made(api, max_budget=1)
    budgets.change(api.client, {"budget_id": ID, "budget_duration": "7d"})
    assert (shown(api).budget_reset_at is None) == api.old
    budgets.change(api.client, {"budget_id": ID, "budget_reset_at": "2040-01-01T00:00:00+00:00"})
    reset = shown(api).budget_reset_at
    assert reset is not None
    assert reset.year == 2040


def test_a_key_has_it_changes_it_loses_it_and_loses_it_when_it_is_deleted(api: Api) -> None:
    made(api)
    made(api, "other", max_budget=1)
    keys.create(api.client, KEY, {"key_alias": "k", "models": ["m"], "budget_id": ID})
    assert (key_row(api).budget_id, key_row(api).soft_budget) == (ID, 4)
    keys.change(api.client, token_of(KEY), {"budget_id": "other"})
    assert key_row(api).budget_id == "other"
    keys.change(api.client, token_of(KEY), {"budget_id": None})
    assert key_row(api).budget_id is None
    with pytest.raises(AdminApiError):
        keys.change(api.client, token_of(KEY), {"budget_id": "none"})
    keys.change(api.client, token_of(KEY), {"budget_id": "other"})
    budgets.delete(api.client, "other")
    assert key_row(api).budget_id is None


def test_the_customers_that_have_it_are_told(api: Api) -> None:
    made(api)
    api.client.post("/customer/new", {"user_id": "c", "budget_id": ID})
    assert budgets.customers_with(api.client, ID) == ["c"]
    assert budgets.customers_with(api.client, "other") == []
    api.client.post("/customer/delete", {"user_ids": ["c"]})
