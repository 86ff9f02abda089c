"""Each field that the catalog refuses for want of a licence is refused by LiteLLM too, on both versions."""

from __future__ import annotations

from typing import Any

from litellm_resources.resolver.licensed import LICENSED
from tests.system.litellm_stack import Server
from tests.system.test_litellm_resources import _server  # noqa: F401  fixture

NEW = {"keys": "/key/generate", "users": "/user/new", "teams": "/team/new", "budgets": "/budget/new"}
VALUES: dict[str, Any] = {
    "model_max_budget": {"gpt-4o": {"budget_limit": 1, "time_period": "1d"}},
    "disable_global_guardrails": True,
    "team_member_key_duration": "1d",
    "secret_manager_settings": {"a": "b"},
}
# Taken by 1.81.12.
ONLY_NEWER = {
    ("keys", "disable_global_guardrails"),
    ("teams", "disable_global_guardrails"),
    ("teams", "model_max_budget"),
}


def test_a_server_without_a_licence_refuses_just_what_the_catalog_refuses(server: Server) -> None:
    is_older = "litellm_version" in server.call("GET", "/health/readiness")
    taken = set()
    for kind, field in ((kind, field) for kind, fields in LICENSED.items() for field in sorted(fields)):
        body = {field: VALUES.get(field, ["x"]), **({"auto_create_key": False} if kind == "users" else {})}
        answer = server.raw("POST", NEW[kind], body)
        if answer.ok:
            taken.add((kind, field))
        else:
            assert "enterprise" in answer.text.lower(), f"{kind} {field}: {answer.text}"
    assert taken == (ONLY_NEWER if is_older else set())
