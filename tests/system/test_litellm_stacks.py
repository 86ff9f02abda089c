"""Two stacks on one LiteLLM, and an `up` of a part of one: each touches what is its own, on both versions."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from tests.system.litellm_stack import Server, Stack
from tests.system.test_litellm_resources import _proxy, _server, _stack, errors, model, objects  # noqa: F401  fixtures

OWNED = ("credential_info", "model_info", "metadata")


def of(server: Server, stack: str) -> dict[str, Any]:
    """Every object that carries a stack's marker, by what it is known by."""
    lists = {
        "credential_name": server.call("GET", "/credentials")["credentials"],
        "model_name": server.call("GET", "/v2/model/info?size=1000")["data"],
        "user_id": server.call("GET", "/user/list?page_size=100")["users"],
        "token": server.call("GET", "/key/list?size=100&return_full_object=true")["keys"],
    }
    found = {}
    for name, rows in lists.items():
        for row in rows:
            markers = [row[field].get("llmproxy") or {} for field in OWNED if isinstance(row.get(field), dict)]
            if any(marker.get("stack") == stack for marker in markers):
                found[f"{name} {row[name]}"] = {key: value for key, value in row.items() if key != "spend"}
    return found


def wanted(name: str, **params: Any) -> dict[str, Any]:
    """A credential, a model of a name that both stacks use and one of its own, a user and a key."""
    user = {"user_id": name, "user_role": "internal_user", "models": ["m-both"]}
    key = {"key_alias": f"{name}-key", "models": ["m-both"], "user_id": name}
    mine = objects(model("m-both", **params), model(f"m-{name}"), users=[user], keys=[key])
    mine["credentials"][0]["credential_name"] = f"{name}-openai"
    for each in mine["models"]:
        each["credential_name"] = f"{name}-openai"
        each["identity"] = each["identity"].replace("mock-openai", f"{name}-openai")
    return mine


def test_two_stacks_on_one_litellm_never_touch_each_others_objects(
    stack: Stack, server: Server, tmp_path: Path
) -> None:
    prod = Stack(tmp_path / "prod", stack.admin_url, server.master_key, name="prod").prepare()
    stack.wants(wanted("dev"))
    stack.up()
    before = copy.deepcopy(of(server, "dev"))
    assert len(before) == 5
    prod.wants(wanted("prod"))
    prod.up()
    assert len(of(server, "prod")) == 5
    changed = wanted("prod", rpm=77)
    changed["users"][0]["limits"] = {"max_budget": 3}
    changed["keys"][0]["limits"] = {"rpm_limit": 9}
    prod.wants(changed)
    prod.up()
    assert prod.is_unchanged()
    assert stack.is_unchanged()
    assert of(server, "dev") == before
    prod.wants({})
    prod.up()
    assert of(server, "prod") == {}
    assert of(server, "dev") == before

    taken = objects(users=[{"user_id": "dev", "user_role": "internal_user", "models": ["x"], "adopt": True}])
    taken["credentials"][0] |= {"credential_name": "dev-openai", "adopt": True}
    prod.wants(taken)
    told = "\n".join(errors(prod.up(ok=False)))
    assert "belongs to the stack llmproxy/dev; rename it in one of the two stacks" in told
    assert of(server, "dev") == before
    assert stack.is_unchanged()


def test_a_part_is_previewed_and_upped_by_targets_as_only_did_it(stack: Stack, server: Server) -> None:
    now = wanted("dev")
    now["router_settings"] = [{"model_group_alias": {"hello": "m-dev"}}]
    stack.wants(now)
    stack.up()
    now["models"] = [now["models"][0] | {"litellm_params": {"mock_response": "new"}}, model("m-new")]
    now["models"][1] |= {"credential_name": "dev-openai"}
    now["users"][0]["limits"] = {"max_budget": 3}
    now["router_settings"] = [{"model_group_alias": {"hello": "m-new"}}]
    stack.wants(now)
    only_models = ("--target", "**litellm:Model::**")
    shown = stack.preview(*only_models)
    assert "litellm:Model: (create)" in shown
    assert "litellm:Model: (update)" in shown
    assert "litellm:Model: (delete)" not in shown, "pulumi finds no more by a pattern what the program left out"
    assert "litellm:User: (update)" not in shown
    assert "litellm:RouterSettings: (update)" not in shown
    assert "litellm:RouterSettings: (update)" in stack.preview(*only_models, "--target-dependents")
    stack.run("up", "--yes", "--skip-preview", *only_models)
    assert sorted(row["model_name"] for row in server.rows()) == ["m-both", "m-dev", "m-new"]
    aliases = server.call("GET", "/router/settings")["current_values"]["model_group_alias"]
    assert aliases == {"hello": "m-dev"}
    shown = stack.preview()
    assert "~ 2 to update" in shown
    assert "- 1 to delete" in shown
    stack.run("up", "--yes", "--skip-preview", "--target", "**litellm:RouterSettings::**")
    aliases = server.call("GET", "/router/settings")["current_values"]["model_group_alias"]
    assert aliases == {"hello": "m-new"}
    stack.up()
    assert sorted(row["model_name"] for row in server.rows()) == ["m-both", "m-new"]
    assert stack.is_unchanged()
