"""Four worker processes, or two replicas, of a real LiteLLM of each version: each answers out of a memory of its own.

One object of each kind that such a memory holds, and a key, is made, changed and taken away; a preview right after
each `up` is empty, whoever answers it, and the database holds each once. The replicas only with
`LLMPROXY_TEST_REPLICAS=1`: 1.81.12 takes back into memory what it had read just before a write, and fails now and then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.system.litellm_stack import Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS

# Each opens connections of its own.
PREVIEWS = 2
SHAPES: dict[str, tuple[int, Callable[[RealLitellms, str], AbstractContextManager[Server]]]] = {
    "four workers": (4, lambda servers, version: servers.with_workers(version, 4)),
    "two replicas": (2, lambda servers, version: servers.with_replicas(version, 2)),
}
ASKED_FOR = [*SHAPES][: 2 if os.environ.get("LLMPROXY_TEST_REPLICAS") == "1" else 1]
TABLES = {
    "credentials": "LiteLLM_CredentialsTable",
    "models": "LiteLLM_ProxyModelTable",
    "mcp_servers": "LiteLLM_MCPServerTable",
    "guardrails": "LiteLLM_GuardrailsTable",
}


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms, shape: str) -> Iterator[Server]:
    with SHAPES[shape][1](real_litellms, request.param) as server:
        yield server


@pytest.mark.parametrize("shape", ASKED_FOR)
def test_a_preview_right_after_any_up_is_empty_whoever_answers(server: Server, shape: str, tmp_path: Path) -> None:
    stack = Stack(tmp_path, server.url, server.master_key, workers=SHAPES[shape][0]).prepare()
    for wanted in (objects(1), objects(2), {}):
        stack.wants(wanted)
        stack.up()
        for _ in range(PREVIEWS):
            assert stack.is_unchanged()
        assert {kind: number_of_rows(server, kind) for kind in TABLES} == {
            kind: len(wanted.get(kind, ())) for kind in TABLES
        }


def objects(number: int) -> dict[str, Any]:
    """All kinds, each different from those of another number."""
    return {
        "credentials": [{"credential_name": "several", "api_base": f"http://127.0.0.1:{number}/v1"}],
        "models": [
            {
                "identity": f"{name}@several:openai/{name}",
                "model_name": name,
                "upstream_model": f"openai/{name}",
                "credential_name": "several",
                "litellm_params": {"mock_response": "several", "rpm": number},
            }
            for name in ("one", "two")
        ],
        "router_settings": [{"model_group_alias": {"alias": "one"}, "other": {"num_retries": number}}],
        "mcp_servers": [{"server_name": "docs", "url": f"http://127.0.0.1:{number}/mcp", "description": "ours"}],
        "guardrails": [guardrail(number)],
        "keys": [{"key_alias": "several", "models": ["one"], "limits": {"rpm_limit": number}}],
    }


def guardrail(number: int) -> dict[str, Any]:
    words = [{"keyword": f"atlantis {number}", "action": "BLOCK"}]
    params = {"guardrail": "litellm_content_filter", "mode": "pre_call", "default_on": True, "blocked_words": words}
    return {"guardrail_name": "words", "litellm_params": params}


def number_of_rows(server: Server, kind: str) -> int:
    """Those of the record of the router settings are not of the catalog."""
    record = " WHERE credential_name NOT LIKE 'llmproxy-%'" if kind == "credentials" else ""
    return int(server.sql(f'SELECT count(*) FROM "{TABLES[kind]}"{record}'))  # noqa: S608
