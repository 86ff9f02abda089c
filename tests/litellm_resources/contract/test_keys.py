"""What LiteLLM does with virtual keys."""

from __future__ import annotations

from typing import Any

import pytest

from litellm_resources.admin_api import keys, soft_budgets
from litellm_resources.admin_api.answers import read_pages
from litellm_resources.admin_api.errors import NotFound, Rejected, Unauthorized
from tests.litellm_resources.contract.conftest import Api

KEY = "sk-0123456789abcdef"
TOKEN = keys.token_of(KEY)
MARKED = {"managed_by": "llmproxy"}


def made(api: Api, value: str = KEY, **fields: Any) -> None:
    own = {"key_alias": "k", "models": ["General"], "metadata": MARKED, "rpm_limit": 5, **fields}
    keys.create(api.client, value, own)


def shown(api: Api, token: str = TOKEN) -> keys.KeyRow:
    return keys.read_all(api.client)[token]


def test_one_is_listed_by_the_hash_of_its_value(api: Api) -> None:
    made(api, max_budget=5.5, budget_duration="30d", user_id="nobody")
    row = shown(api)
    assert (row.key_alias, row.models, row.user_id) == ("k", ["General"], "nobody")
    assert (row.metadata, row.key_type) == (MARKED, "default")
    assert row.limits == {"rpm_limit": 5, "max_budget": 5.5, "budget_duration": "30d"}
    assert keys.read_one(api.client, TOKEN) == row


@pytest.mark.parametrize("kind", ["llm_api", "management", "read_only"])
def test_the_type_shows_as_routes(api: Api, kind: str) -> None:
    made(api, key_type=kind)
    assert shown(api).key_type == kind


def test_a_soft_budget_is_a_row_of_its_own_that_is_changed_and_cleared(api: Api) -> None:
    made(api)
    for soft_budget in (1.5, 2.5, None):
        soft_budgets.settle(api.client, shown(api), soft_budget, "k-budget")
        assert shown(api).soft_budget == soft_budget
    soft_budgets.delete(api.client, "k-budget")


def test_one_that_is_not_there_is_none(api: Api) -> None:
    assert keys.read_one(api.client, TOKEN) is None


def test_a_value_that_does_not_begin_with_sk_is_refused(api: Api) -> None:
    with pytest.raises(Rejected, match="400"):
        made(api, "0123456789abcdef")


def test_a_second_one_of_an_alias_is_refused(api: Api) -> None:
    made(api)
    with pytest.raises(Rejected, match="400"):
        made(api, f"{KEY}-other")
    assert set(keys.read_all(api.client)) == {TOKEN}


def test_a_second_one_of_a_value_changes_nothing_and_is_no_error(api: Api) -> None:
    made(api)
    made(api, key_alias="other", rpm_limit=9)
    assert (shown(api).key_alias, shown(api).limits) == ("k", {"rpm_limit": 5})


def test_a_change_leaves_what_it_does_not_name_and_replaces_the_metadata(api: Api) -> None:
    made(api)
    keys.change(api.client, TOKEN, {"max_budget": 9, "metadata": {"other": "b"}})
    assert (shown(api).limits, shown(api).metadata) == ({"rpm_limit": 5, "max_budget": 9}, {"other": "b"})


def test_null_and_an_empty_list_clear(api: Api) -> None:
    made(api, max_budget=5.5)
    keys.change(api.client, TOKEN, {"max_budget": None, "rpm_limit": None, "models": []})
    assert (shown(api).limits, shown(api).models) == ({}, [])


def test_an_alias_can_be_changed_but_not_to_one_that_is_taken(api: Api) -> None:
    made(api)
    made(api, f"{KEY}-other", key_alias="other")
    with pytest.raises(Rejected, match="400"):
        keys.change(api.client, TOKEN, {"key_alias": "other"})
    keys.change(api.client, TOKEN, {"key_alias": "third"})
    assert shown(api).key_alias == "third"


def test_one_that_is_not_there_cannot_be_changed(api: Api) -> None:
    with pytest.raises(Unauthorized if api.old else NotFound):
        keys.change(api.client, TOKEN, {"max_budget": 9})


def test_one_that_is_deleted_is_gone_at_once_and_deleting_it_again_is_done(api: Api) -> None:
    made(api)
    keys.delete(api.client, TOKEN)
    assert keys.read_all(api.client) == {}
    assert keys.read_one(api.client, TOKEN) is None
    with pytest.raises(NotFound):
        api.client.post("/key/delete", {"keys": [TOKEN]})
    keys.delete(api.client, TOKEN)


def test_the_list_has_pages(api: Api) -> None:
    for number in range(3):
        made(api, f"{KEY}-{number}", key_alias=f"k{number}")
    found = read_pages(api.client, keys.LIST_PATH, "keys", {"size": 2, "return_full_object": "true"})
    assert sorted(str(row["key_alias"]) for row in found if isinstance(row, dict)) == ["k0", "k1", "k2"]
