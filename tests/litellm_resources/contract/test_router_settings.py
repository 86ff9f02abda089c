"""What LiteLLM does with the router settings, its one row of aliases, fallbacks and further keys."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from litellm_resources.admin_api import router_settings
from litellm_resources.admin_api.errors import Rejected
from litellm_resources.admin_api.router_settings import RouterRow
from litellm_resources.admin_api.version import ROUTER_DEFAULTS_1_81
from tests.litellm_resources.contract.conftest import Api

ALIASES: dict[str, JsonValue] = {"hello": "m", "quiet": {"model": "m", "hidden": True}}
FALLBACKS: dict[str, JsonValue] = {"m": ["n", "o"]}


def read(api: Api) -> RouterRow:
    return router_settings.read(api.client)


def write(
    api: Api, aliases: dict[str, JsonValue], fallbacks: dict[str, JsonValue], others: dict[str, JsonValue]
) -> None:
    rules = router_settings.as_list(fallbacks)
    router_settings.write(api.client, {"model_group_alias": aliases, "fallbacks": rules, **others})


def test_without_any_write_the_defaults_are_shown_and_nothing_counts_as_set(api: Api) -> None:
    row = read(api)
    assert (row.aliases, row.fallbacks, row.others) == ({}, {}, {})
    for name, value in ROUTER_DEFAULTS_1_81.items():
        assert row.current_values[name] == value
    assert (row.source is None) == api.old


def test_what_is_written_is_shown_at_once(api: Api) -> None:
    write(api, ALIASES, FALLBACKS, {"num_retries": 3})
    row = read(api)
    assert (row.aliases, row.fallbacks, row.others) == (ALIASES, FALLBACKS, {"num_retries": 3})


def test_the_older_version_forgets_the_aliases_that_a_write_leaves_out(api: Api) -> None:
    write(api, ALIASES, FALLBACKS, {})
    api.client.post("/config/update", {"router_settings": {"num_retries": 3}})
    assert read(api).aliases == ({} if api.old else ALIASES)


def test_a_write_replaces_the_value_of_a_key_as_a_whole(api: Api) -> None:
    write(api, ALIASES, FALLBACKS, {})
    write(api, {"other": "m"}, {"n": ["m"]}, {})
    row = read(api)
    assert (row.aliases, row.fallbacks) == ({"other": "m"}, {"n": ["m"]})


def test_an_empty_map_and_an_empty_list_clear(api: Api) -> None:
    write(api, ALIASES, FALLBACKS, {})
    write(api, {}, {}, {})
    row = read(api)
    assert (row.aliases, row.fallbacks) == ({}, {})


def test_a_key_that_is_left_out_or_null_lives_on_in_the_router(api: Api) -> None:
    write(api, {}, {}, {"num_retries": 3})
    write(api, {}, {}, {})
    write(api, {}, {}, {"num_retries": None})
    assert read(api).current_values["num_retries"] == 3


def test_a_key_that_is_set_back_to_its_default_counts_as_set_by_nobody(api: Api) -> None:
    write(api, {}, {}, {"num_retries": 3})
    write(api, {}, {}, {"num_retries": ROUTER_DEFAULTS_1_81["num_retries"]})
    assert read(api).others == {}


def test_an_unknown_key_is_dropped_by_the_older_version_and_refused_by_the_newer(api: Api) -> None:
    body: JsonValue = {"router_settings": {"model_group_alias": {}, "no_such_key": 1}}
    if api.old:
        api.client.post("/config/update", body)
    else:
        with pytest.raises(Rejected, match="400"):
            api.client.post("/config/update", body)
    assert "no_such_key" not in read(api).current_values


def test_a_value_of_a_wrong_type_is_refused(api: Api) -> None:
    with pytest.raises(Rejected, match="422"):
        api.client.post("/config/update", {"router_settings": {"num_retries": "many"}})


def test_an_alias_or_a_fallback_may_name_what_is_not_there(api: Api) -> None:
    write(api, {"hello": "nowhere"}, {"nowhere": ["neither"]}, {})
    assert read(api).aliases == {"hello": "nowhere"}


def test_what_only_the_newer_version_takes_is_dropped_by_the_older_one(api: Api) -> None:
    rules: JsonValue = [{"m": ["n"]}]
    write(api, {}, {}, {"content_policy_fallbacks": rules, "retry_policy": {"TimeoutErrorRetries": 2}})
    assert read(api).rules("content_policy_fallbacks") == ({} if api.old else {"m": ["n"]})
    assert read(api).is_set("retry_policy") is not api.old
