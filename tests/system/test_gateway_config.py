"""What LiteLLM's database holds against its YAML: the real CLI on a LiteLLM of each version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stacks.settings_litellm import Litellm
from tests.system.installation import until
from tests.system.litellm_stack import Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS

DISCOUNT, MARGIN, NEW_USERS = "cost_discount_config", "cost_margin_config", "default_internal_user_params"

NAME = "store_prompts_in_spend_logs"


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms) -> Server:
    return real_litellms.shared(request.param)


@pytest.fixture(name="stack")
def _stack(server: Server, tmp_path: Path) -> Stack:
    return Stack(tmp_path, server.url, server.master_key).prepare()


def counts(server: Server) -> Any:
    (found,) = (each for each in server.call("GET", "/config/list?config_type=general_settings") if is_it(each))
    return found["field_value"]


def is_it(field: dict[str, Any]) -> bool:
    return bool(field["field_name"] == NAME)


def by_hand(server: Server, value: object) -> bool:
    """Whether LiteLLM takes the value into its database, as a write of router settings puts it there on 1.81.12."""
    body = {"field_name": NAME, "field_value": value, "config_type": "general_settings"}
    return server.raw("POST", "/config/field/update", body).ok


def test_what_the_file_says_counts_although_the_database_holds_another_value(stack: Stack, server: Server) -> None:
    stack.wants({"gateway_config": [{"general_settings": {NAME: True, "proxy_batch_write_at": 60}}]})
    stack.up()
    assert counts(server) is True
    assert stack.is_unchanged()
    if not by_hand(server, value=False):
        assert "litellm_version" not in server.call("GET", "/health/readiness"), "1.109.1 refuses what its file sets"
        return
    until(lambda: counts(server) is False, seconds=60)
    assert f"{NAME}: false => true" in stack.preview()
    told = stack.up()
    assert f"put right, in use within 30 s: {NAME}" in told
    assert counts(server) is True
    assert stack.is_unchanged()


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_edited_in_the_file_counts_after_its_up_whatever_a_write_of_router_settings_froze_before(
    real_litellms: RealLitellms, tmp_path: Path, version: str
) -> None:
    first = {NEW_USERS: {"user_role": "internal_user", "max_budget": 5}, DISCOUNT: {"openai": 0.1, "azure": 0.2}}
    second = {NEW_USERS: {"user_role": "internal_user_viewer", "max_budget": 7}, MARGIN: {"openai": 0.4}}
    with real_litellms.with_file(version, litellm_settings(first)) as (server, restarted_with):
        stack = Stack(tmp_path, server.url, server.master_key).prepare()
        stack.wants(objects(first, retries=3))
        stack.up()

        restarted_with(litellm_settings(second))
        stack.admin_url = server.url
        stack.configure()
        stack.wants(objects(second, retries=4))
        told = stack.up()

        assert shown(server) == {NEW_USERS: second[NEW_USERS], DISCOUNT: {}, MARGIN: second[MARGIN]}
        assert ("put right, in use within 30 s" in told) is (version == VERSIONS[0])
        made = server.call("POST", "/user/new", {"user_id": "made-by-hand"})
        assert (made["user_role"], made["max_budget"]) == ("internal_user_viewer", 7)
        assert stack.is_unchanged()


def litellm_settings(settings: dict[str, Any]) -> Litellm:
    return Litellm.model_validate({"litellmSettings": settings})


def objects(settings: dict[str, Any], *, retries: int) -> dict[str, Any]:
    """A write of router settings, and what the file says."""
    return {
        "router_settings": [{"other": {"num_retries": retries}}],
        "gateway_config": [{"general_settings": {}, "litellm_settings": settings}],
    }


def shown(server: Server) -> dict[str, Any]:
    """What counts, without the keys that hold nothing."""
    paths = {NEW_USERS: "/get/internal_user_settings", DISCOUNT: f"/config/{DISCOUNT}", MARGIN: f"/config/{MARGIN}"}
    values = {name: server.call("GET", path)["values"] for name, path in paths.items()}
    return {name: {key: part for key, part in value.items() if part is not None} for name, value in values.items()}
