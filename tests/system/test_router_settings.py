"""The router settings in the database, and the record of whose they are: the real CLI on a LiteLLM of each version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.system.litellm_stack import Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS

RECORD = "llmproxy-router-settings"
ROUTER: dict[str, Any] = {
    "model_group_alias": {"hello": "m-a", "quiet": {"model": "m-b", "hidden": True}},
    "fallbacks": [{"m-a": ["m-b"]}],
    "context_window_fallbacks": [{"m-a": ["m-c"]}, {"m-b": ["m-c"]}],
    "other": {
        "num_retries": 3,
        "timeout": 60,
        "allowed_fails": 5,
        "cooldown_time": 9,
        "retry_after": 1,
        "routing_strategy": "least-busy",
        "model_group_retry_policy": {"m-a": {"TimeoutErrorRetries": 2}},
    },
}
NEWER: dict[str, Any] = {
    "content_policy_fallbacks": [{"m-a": ["m-b"]}],
    "other": {"retry_policy": {"TimeoutErrorRetries": 2}},
}
EMPTY: dict[str, Any] = {"model_group_alias": {}, "fallbacks": []}
# What a key of 1.109.1 is set back to, which unsets none.
DEFAULTS: dict[str, Any] = {
    "routing_strategy": "simple-shuffle",
    "model_group_retry_policy": {},
    "num_retries": 2,
    "timeout": 6000,
    "allowed_fails": 3,
    "cooldown_time": 5,
    "retry_after": 0,
}


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms) -> Server:
    server = real_litellms.shared(request.param)
    # A router keeps in its memory what leaves the row, and 1.109.1 keeps the row in a cache until the next write.
    newer: dict[str, Any] = {} if is_old(server) else {"content_policy_fallbacks": [], "retry_policy": {}}
    all_set_back = {**DEFAULTS, **EMPTY, "max_retries": 0, "context_window_fallbacks": [], **newer}
    server.call("POST", "/config/update", {"router_settings": all_set_back})
    server.sql("DELETE FROM \"LiteLLM_Config\" WHERE param_name = 'router_settings'")
    server.call("POST", "/config/update", {"router_settings": EMPTY})
    assert row(server) == EMPTY
    return server


@pytest.fixture(name="stack")
def _stack(server: Server, tmp_path: Path) -> Stack:
    return Stack(tmp_path, server.url, server.master_key).prepare()


def is_old(server: Server) -> bool:
    return "litellm_version" in server.call("GET", "/health/readiness")


def wants(stack: Stack, **router: Any) -> None:
    stack.wants({"router_settings": [router]})


def row(server: Server) -> Any:
    return server.config_row("router_settings")


def recorded(server: Server) -> dict[str, Any]:
    found = server.call("GET", "/credentials")["credentials"]
    return {each["credential_name"]: each["credential_info"].get("llmproxy") for each in found}


def names_in_the_record(server: Server) -> Any:
    (found,) = (each for name, each in recorded(server).items() if name.startswith(f"{RECORD}~"))
    return found["router_settings"]


def test_the_row_holds_what_is_declared_and_what_others_put_there_and_no_default(stack: Stack, server: Server) -> None:
    theirs = {"model_group_alias": {"theirs": "x"}, "fallbacks": [{"x": ["y"]}], "max_retries": 4}
    server.call("POST", "/config/update", {"router_settings": theirs})
    wants(stack, **ROUTER)
    stack.up()
    assert row(server) == {
        "model_group_alias": {**ROUTER["model_group_alias"], "theirs": "x"},
        "fallbacks": [*ROUTER["fallbacks"], {"x": ["y"]}],
        "context_window_fallbacks": ROUTER["context_window_fallbacks"],
        "max_retries": 4,
        **ROUTER["other"],
    }
    assert stack.is_unchanged()
    wants(stack, fallbacks=ROUTER["fallbacks"])
    stack.up()
    assert stack.is_unchanged()
    left = row(server)
    assert left.pop("context_window_fallbacks", []) == []
    expected = {"model_group_alias": {"theirs": "x"}, "fallbacks": [*ROUTER["fallbacks"], {"x": ["y"]}]}
    assert left == {**expected, "max_retries": 4, **({} if is_old(server) else DEFAULTS)}


def test_each_readable_key_changed_by_hand_shows_and_is_healed(stack: Stack, server: Server) -> None:
    wants(stack, **ROUTER)
    stack.up()
    by_hand = {
        "model_group_alias": {"hello": "m-c"},
        "fallbacks": [],
        "context_window_fallbacks": [{"m-a": ["m-b"]}],
        "num_retries": 7,
        "timeout": 61,
        "allowed_fails": 6,
        "cooldown_time": 8,
        "retry_after": 2,
        "routing_strategy": "simple-shuffle",
        "model_group_retry_policy": {"m-a": {"TimeoutErrorRetries": 4}},
    }
    server.call("POST", "/config/update", {"router_settings": by_hand})
    shown = stack.preview()
    changes = ('"m-c" => "m-a"', "+ quiet", "7 => 3", "61 => 60", "6 => 5", "8 => 9", "2 => 1", "4 => 2")
    for line in (*changes, '"simple-shuffle" => "least-busy"', '"m-b" => "m-c"', "+ m-b"):
        assert line in shown, line
    stack.up()
    assert stack.is_unchanged()
    assert row(server)["timeout"] == 60


def test_what_only_the_newer_version_takes_is_refused_or_served(stack: Stack, server: Server) -> None:
    wants(stack, **NEWER)
    if is_old(server):
        shown = stack.preview(ok=False)
        assert "content_policy_fallbacks, retry_policy: LiteLLM 1.81.12 drops this without a word" in shown
        assert "run LiteLLM 1.109.1, or remove it" in shown
        assert row(server) == EMPTY
        return
    stack.up()
    assert stack.is_unchanged()
    assert row(server) == {
        **EMPTY,
        "content_policy_fallbacks": NEWER["content_policy_fallbacks"],
        **NEWER["other"],
    }


def test_a_second_stack_is_refused_until_the_first_one_gives_the_router_settings_up(
    stack: Stack, server: Server, tmp_path: Path
) -> None:
    wants(stack, **ROUTER)
    stack.up()
    names = {"model_group_alias": ["hello", "quiet"], "fallbacks": ["m-a"], "context_window_fallbacks": ["m-a", "m-b"]}
    names["other"] = sorted(ROUTER["other"])
    assert names_in_the_record(server) == names
    other = Stack(tmp_path / "other", server.url, server.master_key, name="another").prepare()
    wants(other)
    other.up()
    wants(other, model_group_alias={"hi": "m-a"})
    shown = other.preview(ok=False)
    assert "belong to the stack llmproxy/dev" in shown
    assert f"DELETE /credentials/{RECORD}" in shown
    before = row(server)
    other.up(ok=False)
    assert row(server) == before
    stack.run("destroy", "--yes")
    assert recorded(server) == {}
    other.up()
    assert row(server)["model_group_alias"] == {"hi": "m-a"}
    assert recorded(server)[RECORD]["stack"] == "another"
    assert other.is_unchanged()


def test_the_remedy_for_a_stack_that_is_gone_works(stack: Stack, server: Server, tmp_path: Path) -> None:
    other = Stack(tmp_path / "other", server.url, server.master_key, name="gone").prepare()
    wants(other, model_group_alias={"old": "m-a"})
    other.up()
    wants(stack, model_group_alias={"new": "m-a"})
    assert "belong to the stack llmproxy/gone" in stack.preview(ok=False)
    server.call("DELETE", f"/credentials/{RECORD}")
    assert "made by others: alias old" in stack.up()
    assert row(server)["model_group_alias"] == {"new": "m-a", "old": "m-a"}
    assert stack.is_unchanged()


def test_what_was_ours_is_ours_again_after_the_state_was_lost(stack: Stack, server: Server, tmp_path: Path) -> None:
    wants(stack, **ROUTER)
    stack.up()
    again = Stack(tmp_path / "again", server.url, server.master_key).prepare()
    wants(again, model_group_alias={"hello": "m-c"}, fallbacks=ROUTER["fallbacks"])
    again.up()
    left = row(server)
    assert left["model_group_alias"] == {"hello": "m-c"}
    assert left.get("context_window_fallbacks", []) == []
    assert left.get("num_retries", 2) == 2
    assert names_in_the_record(server) == {"model_group_alias": ["hello"], "fallbacks": ["m-a"]}
    assert again.is_unchanged()


def test_an_alias_answers_hidden_or_not_and_a_pattern_only_by_the_letter(stack: Stack, server: Server) -> None:
    model = {"model_name": "m-a", "litellm_params": {"model": "openai/m-a", "mock_response": "of m-a"}}
    server.call("POST", "/model/new", {**model, "model_info": {"id": "m-a"}})
    wants(stack, model_group_alias={"hello": "m-a", "quiet": {"model": "m-a", "hidden": True}, "gpt-*": "m-a"})
    stack.up()

    def answers(name: str) -> bool:
        body = {"model": name, "messages": [{"role": "user", "content": "hello"}]}
        return server.raw("POST", "/v1/chat/completions", body).ok

    assert [answers(name) for name in ("hello", "quiet", "gpt-*", "gpt-5")] == [True, True, True, False]
    listed = {each["id"] for each in server.call("GET", "/v1/models")["data"]}
    assert {"hello", "m-a"} <= listed
    assert not {"quiet", RECORD} & listed
