"""What LiteLLM's database holds against its YAML: the real CLI on a LiteLLM of each version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.system.installation import until
from tests.system.litellm_stack import Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS

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
