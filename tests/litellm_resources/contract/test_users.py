"""What LiteLLM does with users."""

from __future__ import annotations

from typing import Any

import pytest

from litellm_resources.admin_api import keys, users
from litellm_resources.admin_api.answers import read_pages
from litellm_resources.admin_api.errors import AlreadyExists, NotFound, Rejected
from tests.litellm_resources.contract.conftest import Api

MARKED = {"managed_by": "llmproxy"}
KEY = "sk-0123456789abcdef"


def made(api: Api, user_id: str = "u", **fields: Any) -> None:
    own = {"user_role": "internal_user", "models": ["General"], "metadata": MARKED, "max_budget": 5.5, **fields}
    users.create(api.client, {"user_id": user_id, **own})


def shown(api: Api, user_id: str = "u") -> users.UserRow:
    return users.read_all(api.client)[user_id]


def test_one_is_listed_with_what_was_asked_for_and_no_key_is_made_along(api: Api) -> None:
    made(api, user_email="u@example.com", user_alias="U", tpm_limit=7, budget_duration="30d")
    row = shown(api)
    assert (row.user_email, row.user_alias, row.user_role) == ("u@example.com", "U", "internal_user")
    assert (row.models, row.metadata) == (["General"], MARKED)
    assert row.limits == {"max_budget": 5.5, "tpm_limit": 7, "budget_duration": "30d"}
    assert keys.read_all(api.client) == {}


def test_one_that_is_not_there_is_none(api: Api) -> None:
    assert users.read_one(api.client, "u") is None


def test_a_second_one_of_an_id_or_an_address_is_refused(api: Api) -> None:
    made(api, user_email="u@example.com")
    with pytest.raises(AlreadyExists):
        made(api)
    with pytest.raises(AlreadyExists):
        made(api, "other", user_email="u@example.com")
    assert set(users.read_all(api.client)) == {"u"}


def test_an_unknown_role_is_refused(api: Api) -> None:
    with pytest.raises(Rejected, match="422"):
        made(api, user_role="emperor")


def test_a_change_leaves_what_it_does_not_name_and_replaces_the_metadata(api: Api) -> None:
    made(api, tpm_limit=7)
    users.change(api.client, {"user_id": "u", "max_budget": 9, "metadata": {"other": "b"}})
    row = shown(api)
    assert row.limits == {"max_budget": 9, "tpm_limit": 7}
    assert row.metadata == {"other": "b"}


def test_a_change_of_one_that_is_not_there_makes_it(api: Api) -> None:
    users.change(api.client, {"user_id": "u", "max_budget": 9})
    assert shown(api).max_budget == 9


def test_null_clears_a_limit_where_the_version_can(api: Api) -> None:
    made(api, tpm_limit=7)
    users.change(api.client, {"user_id": "u", "max_budget": None, "tpm_limit": None})
    assert shown(api).limits == ({"tpm_limit": 7} if api.old else {})


def test_models_and_metadata_cannot_be_emptied(api: Api) -> None:
    made(api)
    users.change(api.client, {"user_id": "u", "models": [], "metadata": {}})
    row = shown(api)
    assert (row.models, row.metadata) == (["General"], MARKED)


def test_deleting_one_takes_the_keys_along_and_deleting_it_again_is_done(api: Api) -> None:
    made(api)
    keys.create(api.client, KEY, {"key_alias": "k", "user_id": "u"})
    users.delete(api.client, "u")
    assert users.read_all(api.client) == {}
    assert keys.read_all(api.client) == {}
    with pytest.raises(NotFound):
        api.client.post("/user/delete", {"user_ids": ["u"]})
    users.delete(api.client, "u")


def test_a_page_holds_a_hundred_at_most(api: Api) -> None:
    with pytest.raises(Rejected, match="422"):
        api.client.get(users.LIST_PATH, {"page": 1, "page_size": 101})


def test_the_list_has_pages(api: Api) -> None:
    for number in range(3):
        made(api, f"u{number}")
    found = read_pages(api.client, users.LIST_PATH, "users", {"page_size": 2})
    assert sorted(str(row["user_id"]) for row in found if isinstance(row, dict)) == ["u0", "u1", "u2"]
