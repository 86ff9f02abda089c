"""Rules of the LiteLLM resources: the real CLI on a real LiteLLM of each version (see `real_litellm.py`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from litellm_resources.admin_api.keys import token_of
from operations import diagnostics
from tests.system.counting_proxy import CountingProxy, cut
from tests.system.installation import until
from tests.system.litellm_stack import FINGERPRINT_KEY, PROVIDER_KEY, Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS


def model(name: str, **params: Any) -> dict[str, Any]:
    return {
        "identity": f"{name}@mock-openai:openai/{name}",
        "model_name": name,
        "upstream_model": f"openai/{name}",
        "credential_name": "mock-openai",
        "litellm_params": {"mock_response": f"answer of {name}", "input_cost_per_token": 0.001, **params},
        "model_info": {"base_model": "gpt-4o", "access_groups": ["General"]},
    }


def objects(*models: dict[str, Any], **more: Any) -> dict[str, Any]:
    credential = {
        "credential_name": "mock-openai",
        "api_base": "http://127.0.0.1:9/v1",
        "custom_llm_provider": "OpenAI_Compatible",
    }
    return {"credentials": [credential], "models": list(models), **more}


def one_of_each() -> dict[str, Any]:
    router = {"model_group_alias": {"hello": "m-a"}, "fallbacks": [{"m-a": ["m-b"]}], "other": {"num_retries": 3}}
    limits = {"max_budget": 5.5, "budget_duration": "30d"}
    user = {"user_id": "dev", "user_role": "internal_user", "models": ["General"], "limits": limits}
    key = {"key_alias": "dev-key", "models": ["General"], "user_id": "dev", "limits": {"rpm_limit": 100}}
    return objects(model("m-a", rpm=100), model("m-b"), router_settings=[router], users=[user], keys=[key])


def errors(shown: str) -> list[str]:
    """The errors that a user of `make` is told: pulumi itself prints one twice now and then."""
    return [str(error) for error in diagnostics.condense(shown)]


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms) -> Server:
    return real_litellms.shared(request.param)


@pytest.fixture(name="proxy")
def _proxy(server: Server) -> Iterator[CountingProxy]:
    proxy = CountingProxy(server)
    yield proxy
    proxy.close()


@pytest.fixture(name="stack")
def _stack(server: Server, proxy: CountingProxy, tmp_path: Path) -> Stack:
    return Stack(tmp_path, proxy.url, server.master_key).prepare()


def test_one_up_makes_everything_and_the_next_preview_is_empty(stack: Stack, server: Server) -> None:
    stack.wants(one_of_each())
    stack.up()
    assert stack.is_unchanged()
    key = stack.run("stack", "output", "dev-key", "--show-secrets").strip()
    body = {"model": "hello", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}
    answer = server.call("POST", "/v1/chat/completions", body, key)
    assert answer["choices"][0]["message"]["content"] == "answer of m-a"
    for secret in (key, PROVIDER_KEY, FINGERPRINT_KEY, server.master_key):
        assert secret not in stack.state()


def test_what_is_changed_by_hand_shows_as_live_to_wanted_and_is_healed(stack: Stack, server: Server) -> None:
    stack.wants(one_of_each())
    stack.up()
    (row,) = [row for row in server.rows() if row["model_name"] == "m-a"]
    row_id = row["model_info"]["id"]
    body = {"litellm_params": {"rpm": 7, "tpm": 99}, "model_info": {"id": row_id}}
    server.call("PATCH", f"/model/{row_id}/update", body)
    server.call("POST", "/user/update", {"user_id": "dev", "max_budget": 9})
    token = server.call("GET", "/key/list?size=100")["keys"][0]
    server.call("POST", "/key/update", {"key": token, "models": ["Premium"]})
    router = {"model_group_alias": {"hello": "m-b", "others": "m-b"}, "fallbacks": [], "num_retries": 4}
    server.call("POST", "/config/update", {"router_settings": router})
    shown = stack.preview()
    for line in ("7 => 100", "- tpm", "9 => 5.5", '"Premium" => "General"', 'hello: "m-b" => "m-a"', "4 => 3", "+ m-a"):
        assert line in shown
    stack.up()
    assert stack.is_unchanged()
    assert server.call("GET", "/router/settings")["current_values"]["model_group_alias"]["others"] == "m-b"


def test_what_is_deleted_by_hand_is_made_again_with_the_same_key(stack: Stack, server: Server) -> None:
    stack.wants(one_of_each())
    stack.up()
    key = stack.run("stack", "output", "dev-key", "--show-secrets")
    server.clear()
    shown = stack.preview()
    # The router settings are never gone: what was ours in them shows as to be added.
    assert "+ 5 to create" in shown
    assert "~ 1 to update" in shown
    stack.up()
    assert stack.is_unchanged()
    assert stack.run("stack", "output", "dev-key", "--show-secrets") == key


def test_an_object_of_others_is_an_error_that_names_the_setting_and_stays_as_it_is(
    stack: Stack, server: Server
) -> None:
    body = {"credential_name": "mock-openai", "credential_values": {"api_base": "http://theirs"}, "credential_info": {}}
    server.call("POST", "/credentials", body)
    stack.wants(objects())
    shown = stack.preview(ok=False)
    assert "litellm.adopt" in shown
    stack.up(ok=False)
    (credential,) = server.call("GET", "/credentials")["credentials"]
    assert credential["credential_values"] == {"api_base": "http://theirs"}
    wanted = objects()
    wanted["credentials"][0]["adopt"] = True
    stack.wants(wanted)
    stack.up()
    assert stack.is_unchanged()


def test_a_changed_model_answers_all_the_while_and_leaves_one_row(stack: Stack, server: Server) -> None:
    stack.wants(objects(model("m-a", rpm=100_000), model("m-b")))
    stack.up()
    failed: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            for name in ("m-a", "m-b"):
                body = {"model": name, "messages": [{"role": "user", "content": "hello"}]}
                answer = server.raw("POST", "/v1/chat/completions", body)
                failed.extend([answer.text] if not answer.ok else [])

    asking = threading.Thread(target=ask)
    asking.start()
    stack.wants(objects(model("m-a", rpm=90_000), model("m-b", rpm=80_000)))
    stack.up()
    stack.wants(objects(model("m-a"), model("m-b")))
    stack.up()
    done.set()
    asking.join()
    assert failed == []
    assert len(server.rows()) == 2
    assert all("rpm" not in row["litellm_params"] for row in server.rows())


def test_a_killed_run_converges_in_the_next_without_duplicates(stack: Stack, server: Server) -> None:
    many = [model(f"m-{number}") for number in range(20)]
    stack.wants(objects(*many))
    for enough in (3, 9):
        up = stack.start_up()
        deadline = time.monotonic() + 60
        while len(server.rows()) < enough and time.monotonic() < deadline:
            time.sleep(0.05)
        stack.kill(up)
    assert len(server.rows()) < 20
    stack.up()
    assert sorted(row["model_name"] for row in server.rows()) == sorted(entry["model_name"] for entry in many)
    assert stack.is_unchanged()
    stack.wants(objects(*[model(f"m-{number}", rpm=5) for number in range(20)]))
    up = stack.start_up()
    until(lambda: any(row["litellm_params"].get("rpm") == 5 for row in server.rows()), seconds=60, every=0.05)
    stack.kill(up)
    stack.up()
    assert [row["litellm_params"]["rpm"] for row in server.rows()] == [5] * 20
    assert stack.is_unchanged()


def test_a_refresh_of_a_hundred_models_costs_one_list_call(stack: Stack, proxy: CountingProxy) -> None:
    stack.wants(objects(*[model(f"m-{number}") for number in range(100)]))
    stack.up()
    proxy.calls.clear()
    assert stack.is_unchanged()
    # The other kinds as well: some might be left over although the program has none.
    accounts = ["GET /user/list", "GET /budget/list", "GET /team/list", "GET /key/list"]
    lists = ["GET /credentials", "GET /v2/model/info", "GET /v1/mcp/server", "GET /v2/guardrails/list", *accounts]
    assert dict(proxy.calls) == dict.fromkeys(lists, 1)


def test_a_gateway_that_is_down_is_one_error(stack: Stack, proxy: CountingProxy) -> None:
    stack.wants(one_of_each())
    stack.up()
    before = stack.state()
    proxy.before = cut
    (told,) = errors(stack.preview(ok=False))
    assert "no connection" in told
    assert "Traceback" not in told
    proxy.before = lambda _call: None
    assert stack.is_unchanged()
    assert stack.state() == before


def test_a_wrong_master_key_is_one_error_and_the_previous_key_helps(stack: Stack, server: Server) -> None:
    stack.wants(one_of_each())
    stack.up()
    stack.master_key = "sk-a-new-key"
    stack.configure()
    (told,) = errors(stack.preview(ok=False))
    assert "llmproxy:litellm-master-key to the key" in told
    stack.previous_master_key = server.master_key
    stack.configure()
    assert stack.is_unchanged()


def test_taking_the_environment_down_deletes_nothing_in_litellm(
    stack: Stack, server: Server, proxy: CountingProxy
) -> None:
    stack.wants(one_of_each())
    stack.up()
    proxy.before = cut
    stack.environment["LLMPROXY_TEARDOWN"] = "1"
    stack.run("destroy", "--yes")
    assert len(server.rows()) == 2
    proxy.before = lambda _call: None
    del stack.environment["LLMPROXY_TEARDOWN"]
    stack.up()
    assert len(server.rows()) == 2
    assert stack.is_unchanged()


def test_what_leaves_the_program_leaves_litellm_and_nothing_else_does(stack: Stack, server: Server) -> None:
    by_hand = {"model_name": "theirs", "litellm_params": {"model": "openai/theirs"}, "model_info": {"id": "theirs"}}
    stack.wants(one_of_each())
    stack.up()
    server.call("POST", "/model/new", by_hand)
    router = {"model_group_alias": {"hello": "m-a", "theirs": "m-a"}, "fallbacks": [{"m-a": ["m-b"]}], "num_retries": 3}
    server.call("POST", "/config/update", {"router_settings": router})
    stack.wants({})
    stack.up()
    assert server.rows() == []
    left = server.call("GET", "/v2/model/info?size=1000")["data"]
    assert [row["model_info"]["id"] for row in left] == ["theirs"]
    values = server.call("GET", "/router/settings")["current_values"]
    assert values["model_group_alias"] == {"theirs": "m-a"}
    assert values["num_retries"] == 2
    assert not values["fallbacks"]


def leave_behind(server: Server) -> None:
    """Makes one object of each kind as a run leaves it that was killed before it noted so in the state."""
    marked = {"managed_by": "llmproxy", "llmproxy": {"project": "llmproxy", "stack": "dev", "identity": "left"}}
    params = {"model": "openai/left", "mock_response": "left", "litellm_credential_name": "left"}
    values = {"api_base": "http://127.0.0.1:9/v1"}
    bodies = {
        "/credentials": {"credential_name": "left", "credential_values": values, "credential_info": marked},
        "/model/new": {"model_name": "left", "litellm_params": params, "model_info": {"id": "left", **marked}},
        "/user/new": {"user_id": "left", "auto_create_key": False, "metadata": marked},
        "/key/generate": {"key": "sk-left-behind-by-a-run", "key_alias": "left", "user_id": "left", "metadata": marked},
    }
    for path, body in bodies.items():
        server.call("POST", path, body)


def test_what_a_killed_run_left_and_nobody_declares_is_shown_by_a_preview_and_removed_by_up(
    stack: Stack, server: Server
) -> None:
    by_hand = {"model_name": "theirs", "litellm_params": {"model": "openai/theirs"}, "model_info": {"id": "theirs"}}
    stack.wants(one_of_each())
    stack.up()
    server.call("POST", "/model/new", by_hand)
    leave_behind(server)
    shown = stack.preview()
    for number, left in enumerate(("key left", "user left", "model left", "credential left")):
        assert f'[{number}]: "{left}"' in shown
    assert "~ 1 to update" in shown
    assert "to create" not in shown
    assert "model left" in stack.preview(), "a preview removes nothing"
    removed = "removed what was left over from a run that did not end: key left, user left, model left, credential left"
    assert removed in stack.up()
    assert stack.is_unchanged()
    found = server.call("GET", "/v2/model/info?size=1000")["data"]
    assert sorted(row["model_name"] for row in found) == ["m-a", "m-b", "theirs"]
    credentials = {row["credential_name"] for row in server.call("GET", "/credentials")["credentials"]}
    assert credentials == {"mock-openai", "llmproxy-router-settings", "llmproxy-router-settings~1"}
    assert "left" not in [row["user_id"] for row in server.call("GET", "/user/list?page_size=100")["users"]]
    assert len(server.call("GET", "/key/list?size=100")["keys"]) == 1


def test_a_program_that_names_the_models_of_a_killed_run_no_more_leaves_none(stack: Stack, server: Server) -> None:
    stack.wants(objects())
    stack.up()
    stack.wants(objects(*[model(f"m-{number}") for number in range(20)]))
    up = stack.start_up()
    deadline = time.monotonic() + 60
    while len(server.rows()) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    stack.kill(up)
    made = [row["model_info"]["llmproxy"]["identity"] for row in server.rows()]
    assert 3 <= len(made) < 20
    assert '"model m-' not in stack.preview(), "what the program still names is adopted"
    stack.wants(objects())
    shown = stack.preview()
    assert all(f'"model {identity}"' in shown for identity in made)
    stack.up()
    assert server.rows() == []
    assert stack.is_unchanged()


def test_an_up_of_one_target_removes_nothing_and_the_whole_one_only_what_is_left_over(
    stack: Stack, server: Server
) -> None:
    stack.wants(objects(model("m-a")))
    stack.up()
    leave_behind(server)
    stack.wants(objects(model("m-a"), model("m-b")))
    urn = "urn:pulumi:dev::llmproxy::pulumi-python:dynamic/litellm:Model::m-b@mock-openai:openai/m-b"
    stack.run("up", "--yes", "--skip-preview", "--target", urn)
    assert sorted(row["model_name"] for row in server.rows()) == ["left", "m-a", "m-b"]
    shown = stack.preview()
    assert '"model left"' in shown
    assert '"model m-b' not in shown
    stack.up()
    assert sorted(row["model_name"] for row in server.rows()) == ["m-a", "m-b"]
    assert stack.is_unchanged()


def test_a_rotated_key_and_the_one_of_before_answer_all_the_while_until_the_grace_is_over(
    stack: Stack, server: Server
) -> None:
    limits = {"max_budget": 5.5, "budget_duration": "30d", "soft_budget": 4}
    key: dict[str, Any] = {"key_alias": "dev-key", "models": ["m-a"], "user_id": "dev", "limits": limits}
    user = {"user_id": "dev", "user_role": "internal_user", "models": ["m-a"]}
    wanted = objects(model("m-a"), users=[user], keys=[key])
    stack.wants(wanted)
    stack.up()
    old = stack.run("stack", "output", "dev-key", "--show-secrets").strip()
    server.call("POST", "/key/update", {"key": token_of(old), "spend": 1.25})
    failed: list[str] = []
    done, values = threading.Event(), [old]

    def ask() -> None:
        body = {"model": "m-a", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}
        while not done.wait(0.2):
            answers = [server.raw("POST", "/v1/chat/completions", body, value) for value in values]
            failed.extend(answer.text for answer in answers if not answer.ok)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    key.update(rotation=1, grace="7d")
    stack.wants(wanted)
    assert "the old one works for another 7d as dev-key~old" in stack.preview()
    told = stack.up()
    values.append(stack.run("stack", "output", "dev-key", "--show-secrets").strip())
    assert f"its SpendLogs stay under its hash {token_of(old)[:8]}…" in told
    assert stack.is_unchanged()
    done.set()
    asking.join()
    assert failed == []
    rows = {row["key_alias"]: row for row in server.key_rows()}
    assert {alias: row["token"] for alias, row in rows.items()} == {
        "dev-key": token_of(values[1]),
        "dev-key~old": token_of(old),
    }
    assert values[1] != old
    assert rows["dev-key"]["spend"] >= 1.25
    body = {"model": "m-a", "messages": [{"role": "user", "content": "hello"}]}
    server.call("POST", "/key/update", {"key": token_of(old), "duration": "1s"})
    until(lambda: not server.raw("POST", "/v1/chat/completions", body, old).ok, seconds=60, every=0.5)
    assert '"key dev-key~old"' in stack.preview()
    assert "rotated away and past its end: key dev-key~old" in stack.up()
    assert [row["key_alias"] for row in server.key_rows()] == ["dev-key"]
    assert stack.is_unchanged()
    assert server.raw("POST", "/v1/chat/completions", body, values[1]).ok


def test_what_is_taken_away_from_a_user_or_key_has_no_effect_any_more_and_nothing_is_replaced(
    stack: Stack, server: Server
) -> None:
    limits = {"max_budget": 5, "budget_duration": "30d", "tpm_limit": 70, "rpm_limit": 80, "max_parallel_requests": 3}
    user = {"user_id": "dev", "user_role": "internal_user", "models": ["m-a"], "limits": limits}
    key = {"key_alias": "dev-key", "models": ["m-a"], "user_id": "dev", "limits": {**limits, "soft_budget": 4}}
    named = {**user, "user_email": "dev@example.com", "user_alias": "Dev"}
    stack.wants(objects(model("m-a"), users=[named], keys=[key]))
    stack.up()
    value = stack.run("stack", "output", "dev-key", "--show-secrets").strip()
    server.call("POST", "/key/update", {"key": token_of(value), "spend": 1.25, "key_alias": "by-hand"})
    (budget,) = server.call("GET", "/budget/list")
    server.call("POST", "/budget/update", {"budget_id": budget["budget_id"], "soft_budget": 7})
    shown = stack.preview()
    assert "7 => 4" in shown
    assert '"by-hand" => "dev-key"' in shown
    assert "to replace" not in shown
    stack.up()
    assert stack.is_unchanged()
    stack.wants(objects(model("m-a"), users=[{**user, "limits": {}}], keys=[{**key, "limits": {}}]))
    assert "to replace" not in stack.preview()
    stack.up()
    assert stack.is_unchanged()
    assert stack.run("stack", "output", "dev-key", "--show-secrets").strip() == value
    (row,) = server.key_rows()
    # What was asked with this value before may be booked late.
    assert row["key_alias"] == "dev-key"
    assert row["spend"] >= 1.25
    assert [each["soft_budget"] for each in server.call("GET", "/budget/list")] == [None]
    info = server.call("GET", "/user/info?user_id=dev")["user_info"]
    assert (info["user_email"], info["user_alias"], info["max_budget"]) == ("", "", None)
    stack.wants(objects(model("m-a"), users=[named], keys=[key]))
    stack.up()
    assert stack.is_unchanged()
    stack.wants(objects(model("m-a")))
    stack.up()
    assert (server.key_rows(), server.call("GET", "/budget/list")) == ([], [])


def mcp_server(**changes: Any) -> dict[str, Any]:
    server = {"server_name": "docs", "url": "http://127.0.0.1:9/mcp", "description": "ours", "allowed_tools": ["read"]}
    return {**server, "access_groups": ["General"], "auth_type": "bearer_token", **changes}


def test_an_mcp_server_is_made_healed_changed_and_removed_and_its_secret_is_nowhere_in_clear(
    stack: Stack, server: Server
) -> None:
    stack.wants({"mcp_servers": [mcp_server()]})
    stack.up()
    assert stack.is_unchanged()
    made = server.raw("GET", "/v1/mcp/server")
    assert PROVIDER_KEY not in made.text + stack.state()
    server.raw("PUT", "/v1/mcp/server", {**made.json()[0], "url": "http://127.0.0.1:9/other", "allowed_tools": []})
    shown = stack.preview()
    assert '"http://127.0.0.1:9/other" => "http://127.0.0.1:9/mcp"' in shown
    assert '+ [0]: "read"' in shown
    stack.up()
    assert stack.is_unchanged()
    bare = mcp_server(description="", allowed_tools=[], access_groups=[], auth_type="")
    stack.wants({"mcp_servers": [{name: value for name, value in bare.items() if value != ""}]})
    stack.up()
    assert stack.is_unchanged()
    (row,) = server.call("GET", "/v1/mcp/server")
    assert (row["server_id"], row["auth_type"], row["description"] or "") == ("docs", "none", "")
    assert (row["allowed_tools"], row["mcp_access_groups"]) == ([], [])
    stack.wants({})
    stack.up()
    assert server.call("GET", "/v1/mcp/server") == []


def test_an_mcp_server_made_by_hand_is_refused_or_taken_over_and_one_left_behind_is_removed(
    stack: Stack, server: Server
) -> None:
    theirs = {"server_id": "theirs", "server_name": "docs", "alias": "docs", "transport": "http", "url": "http://x/mcp"}
    server.call("POST", "/v1/mcp/server", theirs)
    stack.wants({"mcp_servers": [mcp_server()]})
    assert "not made by this program" in stack.preview(ok=False)
    stack.wants({"mcp_servers": [mcp_server(adopt=True)]})
    stack.up()
    assert stack.is_unchanged()
    marked = {"managed_by": "llmproxy", "llmproxy": {"project": "llmproxy", "stack": "dev", "identity": "left"}}
    server.call(
        "POST",
        "/v1/mcp/server",
        {**theirs, "server_id": "left", "server_name": "left", "alias": "left", "mcp_info": marked},
    )
    assert '"MCP server left"' in stack.preview()
    stack.up()
    assert [row["server_id"] for row in server.call("GET", "/v1/mcp/server")] == ["theirs"]
    assert stack.is_unchanged()


def guardrail(**changes: Any) -> dict[str, Any]:
    words = [{"keyword": "atlantis", "action": "BLOCK"}]
    params = {"guardrail": "litellm_content_filter", "mode": "pre_call", "default_on": True, "blocked_words": words}
    return {"guardrail_name": "words", "litellm_params": params, **changes}


def test_a_guardrail_blocks_is_healed_changed_and_removed_and_its_key_is_nowhere_in_clear(
    stack: Stack, server: Server
) -> None:
    stack.wants({**objects(model("m-a")), "guardrails": [guardrail()]})
    stack.up()
    assert stack.is_unchanged()
    made = server.raw("GET", "/v2/guardrails/list")
    assert PROVIDER_KEY not in made.text + stack.state()
    asked = {"model": "m-a", "messages": [{"role": "user", "content": "where is atlantis"}], "max_tokens": 5}
    # 403 on 1.81.12.
    assert server.raw("POST", "/v1/chat/completions", asked).status_code in (400, 403)
    (row,) = made.json()["guardrails"]
    place = f"/guardrails/{row['guardrail_id']}"
    server.call("PATCH", place, {"litellm_params": {"default_on": False, "blocked_words": []}})
    shown = stack.preview()
    assert "default_on" in shown
    assert "atlantis" in shown
    stack.up()
    assert stack.is_unchanged()
    bare = guardrail(litellm_params={"guardrail": "litellm_content_filter", "mode": "post_call"}, api_key=None)
    stack.wants({**objects(model("m-a")), "guardrails": [bare]})
    stack.up()
    assert stack.is_unchanged()
    params = server.call("GET", place)["litellm_params"]
    assert (params["api_key"], params["blocked_words"], params["mode"]) == (None, None, "post_call")
    stack.wants(objects(model("m-a")))
    stack.up()
    assert server.call("GET", "/v2/guardrails/list")["guardrails"] == []
    assert server.raw("POST", "/v1/chat/completions", asked).ok


def test_a_guardrail_made_by_hand_is_refused_or_taken_over_and_one_left_behind_is_removed(
    stack: Stack, server: Server
) -> None:
    params = {"guardrail": "litellm_content_filter", "mode": "pre_call"}
    theirs: dict[str, Any] = {"guardrail_name": "words", "litellm_params": params, "guardrail_info": {"team": "data"}}
    made = server.call("POST", "/guardrails", {"guardrail": theirs})
    stack.wants({"guardrails": [guardrail()]})
    assert "not made by this program" in stack.preview(ok=False)
    stack.wants({"guardrails": [guardrail(adopt=True)]})
    stack.up()
    assert stack.is_unchanged()
    marked = {"managed_by": "llmproxy", "llmproxy": {"project": "llmproxy", "stack": "dev", "identity": "left"}}
    left = {**theirs, "guardrail_name": "left", "guardrail_info": marked}
    server.call("POST", "/guardrails", {"guardrail": left})
    assert '"guardrail left"' in stack.preview()
    stack.up()
    (row,) = server.call("GET", "/v2/guardrails/list")["guardrails"]
    assert (row["guardrail_id"], row["guardrail_info"]["team"]) == (made["guardrail_id"], "data")
    assert stack.is_unchanged()
