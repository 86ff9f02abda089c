"""What LiteLLM does with credentials."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from litellm_resources.admin_api import credentials, models
from litellm_resources.admin_api.errors import AlreadyExists, NotFound, Rejected, ServerFailed
from tests.litellm_resources.contract.conftest import Api

INFO: dict[str, JsonValue] = {"custom_llm_provider": "openai", "managed_by": "llmproxy"}


def made(api: Api, name: str = "a") -> None:
    values = {"api_key": "sk-0123456789", "api_base": "http://a.example/v1"}
    credentials.create(api.client, name, dict(values), dict(INFO))


def test_a_key_is_shown_by_two_signs_at_either_end_and_all_else_in_clear(api: Api) -> None:
    made(api)
    row = credentials.read_all(api.client)["a"]
    assert row.credential_values == {"api_key": "sk****89", "api_base": "http://a.example/v1"}
    assert row.credential_info == INFO


@pytest.mark.parametrize("name", ["with space", "with/slash", "ünï#?%"])
def test_a_name_may_hold_any_sign(api: Api, name: str) -> None:
    made(api, name)
    assert name in credentials.read_all(api.client)
    credentials.change(api.client, name, {"api_base": "http://b.example"}, {})
    credentials.delete(api.client, name)
    assert credentials.read_all(api.client) == {}


def test_one_without_values_is_refused(api: Api) -> None:
    with pytest.raises(Rejected, match="422"):
        credentials.create(api.client, "a", {}, {})
    assert credentials.read_all(api.client) == {}


def test_a_second_one_of_a_name_is_refused_and_the_first_stays(api: Api) -> None:
    made(api)
    with pytest.raises(ServerFailed if api.old else AlreadyExists):
        credentials.create(api.client, "a", {"api_base": "http://other"}, {})
    assert credentials.read_all(api.client)["a"].credential_values["api_base"] == "http://a.example/v1"


def test_a_change_merges_the_values_and_replaces_the_info_at_the_next_poll(api: Api) -> None:
    made(api)
    credentials.change(api.client, "a", {"api_base": "http://b.example"}, {"managed_by": "b"})

    def changed() -> bool:
        row = credentials.read_all(api.client)["a"]
        values = {"api_key": "sk****89", "api_base": "http://b.example"}
        return (row.credential_values, row.credential_info) == (values, {"managed_by": "b"})

    assert api.eventually(changed)


def test_one_that_is_not_there_cannot_be_changed(api: Api) -> None:
    with pytest.raises(NotFound):
        credentials.change(api.client, "a", {"api_base": "http://b.example"}, {})


def test_one_that_is_deleted_is_gone_at_once_and_deleting_it_again_is_done(api: Api) -> None:
    made(api)
    for _ in range(2):
        credentials.delete(api.client, "a")
        assert credentials.read_all(api.client) == {}


def test_one_that_a_model_uses_can_be_deleted(api: Api) -> None:
    made(api)
    models.create(api.client, "m", "m", {"model": "openai/m", "litellm_credential_name": "a"}, {})
    credentials.delete(api.client, "a")
    assert credentials.read_all(api.client) == {}
