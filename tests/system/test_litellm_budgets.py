"""Rules of budgets that keys share, proved with the real CLI and a real LiteLLM (see `test_litellm_resources.py`)."""

from __future__ import annotations

from typing import Any

from tests.system.litellm_stack import Server, Stack
from tests.system.test_litellm_resources import _proxy, _server, _stack, errors, model, objects  # noqa: F401  fixtures

ID = "llmproxy:llmproxy/dev/small"


def wanted(**changes: Any) -> dict[str, Any]:
    limits = {"max_budget": 5.5, "soft_budget": 4, "budget_duration": "30d", "tpm_limit": 1000}
    made = {
        "budgets": [{"name": "small", "limits": limits}],
        "keys": [{"key_alias": "k", "models": ["m"], "budget_id": "small"}],
    }
    return objects(model("m"), **{**made, **changes})


def budgets(server: Server) -> dict[str, Any]:
    return {row["budget_id"]: row for row in server.call("GET", "/budget/list")}


def budget_of(server: Server, alias: str) -> str | None:
    (key,) = server.call("GET", f"/key/list?size=100&key_alias={alias}")["keys"]
    found: str | None = server.call("GET", f"/key/info?key={key}")["info"].get("budget_id")
    return found


def test_keys_share_a_budget_which_is_changed_and_healed_in_place(stack: Stack, server: Server) -> None:
    stack.wants(wanted())
    stack.up()
    assert stack.is_unchanged()
    assert budget_of(server, "k") == ID
    server.call("POST", "/budget/update", {"budget_id": ID, "max_budget": 9, "rpm_limit": 3})
    shown = stack.preview()
    for line in ("9 => 5.5", "- rpm_limit"):
        assert line in shown
    stack.wants(wanted(budgets=[{"name": "small", "limits": {"rpm_limit": 7}}]))
    stack.up()
    assert stack.is_unchanged()
    row = budgets(server)[ID]
    assert (row["max_budget"], row["soft_budget"], row["budget_duration"], row["rpm_limit"]) == (None, None, None, 7)
    assert budget_of(server, "k") == ID


def test_a_budget_goes_after_its_keys_let_go_of_it_and_stays_while_others_have_it(stack: Stack, server: Server) -> None:
    stack.wants(wanted())
    stack.up()
    server.call("POST", "/key/generate", {"key_alias": "theirs", "budget_id": ID})
    bare = wanted(budgets=[], keys=[{"key_alias": "k", "models": ["m"]}])
    stack.wants(bare)
    (told,) = errors(stack.up(ok=False))
    assert "not deleted, because it limits the keys theirs (" in told
    assert budget_of(server, "theirs") == ID
    server.call("POST", "/key/delete", {"key_aliases": ["theirs"]})
    stack.up()
    assert stack.is_unchanged()
    assert (budgets(server), budget_of(server, "k")) == ({}, None)


def test_a_budget_made_by_hand_is_changed_where_that_is_allowed_and_never_deleted(stack: Stack, server: Server) -> None:
    server.call("POST", "/budget/new", {"budget_id": "hand", "max_budget": 1})
    by_hand = {"name": "small", "budget_id": "hand", "limits": {"max_budget": 2}}
    stack.wants(wanted(budgets=[by_hand]))
    assert 'put "small" into litellm.adopt' in stack.preview(ok=False)
    assert budgets(server)["hand"]["max_budget"] == 1
    stack.wants(wanted(budgets=[{**by_hand, "adopt": True}]))
    stack.up()
    assert stack.is_unchanged()
    assert budgets(server)["hand"]["max_budget"] == 2
    stack.wants(wanted(budgets=[], keys=[]))
    stack.up()
    assert list(budgets(server)) == ["hand"]
