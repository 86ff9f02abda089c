"""What people do on the server by hand: they delete and change what is ours, and make what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from litellm_resources.admin_api.version import ROUTER_SET_BACK
from tests.litellm_resources.fake_litellm import FakeLitellm

RETRIES = "num_retries"
Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """Of the rows of a kind, in order, the one of this number is changed so, or deleted; no such row, no change."""

    kind: str
    number: int
    what: str


@dataclass(frozen=True)
class Theirs:
    """An object that others make."""

    kind: str
    name: str


CHANGES = st.builds(
    Change,
    kind=st.sampled_from(
        [
            *("credential", "model", "user", "team", "key", "budget", "guardrail", "MCP server"),
            *("alias", "fallback", "router"),
        ]
    ),
    number=st.integers(0, 2),
    what=st.sampled_from(["delete", "change", "add"]),
)
OTHERS = st.builds(
    Theirs,
    kind=st.sampled_from(["credential", "model", "user", "team", "key", "budget", "guardrail", "MCP server", "alias"]),
    name=st.sampled_from(["theirs-1", "theirs-2"]),
)


def apply(server: FakeLitellm, change: Change) -> None:
    """Makes the change through the server's own rules, as its UI would."""
    if change.kind in ("alias", "fallback", "router"):
        _change_router(server, change)
        return
    own = [name for name in sorted(_tables(server)[change.kind]) if not name.startswith("theirs")]
    own = [name for name in own if not _is_theirs(_tables(server)[change.kind][name])]
    if change.number < len(own):
        action = _delete if change.what == "delete" else _change
        action(server, change.kind, own[change.number], added=change.what == "add")


def make(server: FakeLitellm, theirs: Theirs) -> None:
    """Makes it."""
    name, info = theirs.name, {"note": "made by hand"}
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "credential": (
            "POST /credentials",
            {"credential_name": name, "credential_values": {"api_base": "http://theirs"}, "credential_info": info},
        ),
        "model": (
            "POST /model/new",
            {"model_name": "gpt", "litellm_params": {"model": f"openai/{name}"}, "model_info": {"id": name, **info}},
        ),
        "user": ("POST /user/new", {"user_id": name, "user_role": "internal_user", "metadata": info}),
        "team": ("POST /team/new", {"team_id": name, "team_alias": name, "metadata": info}),
        "key": (
            "POST /key/generate",
            {"key": f"sk-{name}-0123456789", "key_alias": name, "models": [], "metadata": info},
        ),
        "budget": ("POST /budget/new", {"budget_id": name, "max_budget": 3}),
        "MCP server": (
            "POST /v1/mcp/server",
            {"server_id": name, "server_name": "theirs", "alias": name.replace("-", "_"), "auth_type": "none"},
        ),
    }
    if theirs.kind == "guardrail":
        server.guardrails.by_hand(name)
        return
    if theirs.kind == "alias":
        server.router.setdefault("model_group_alias", {})[name] = "gpt"
        return
    call, body = calls[theirs.kind]
    assert server._answer(call, {}, body)[0] in (200, 201)


def seen(server: FakeLitellm, theirs: Theirs) -> object:
    """How it is now; None when it is gone."""
    if theirs.kind == "alias":
        return server.router.get("model_group_alias", {}).get(theirs.name)
    if theirs.kind == "key":
        return next((row for row in server.keys.values() if row["key_alias"] == theirs.name), None)
    if theirs.kind == "guardrail":
        return server.guardrails.named(theirs.name)
    return _tables(server)[theirs.kind].get(theirs.name)


def _tables(server: FakeLitellm) -> dict[str, dict[str, Any]]:
    return {
        "credential": server.credentials,
        "model": server.models,
        "user": server.users,
        "team": server.teams.rows,
        "key": server.keys,
        "budget": server.budgets,
        "guardrail": server.guardrails.rows,
        "MCP server": server.mcp.rows,
    }


def _is_theirs(row: dict[str, Any]) -> bool:
    return any(str(row.get(name)).startswith("theirs") for name in ("key_alias", "guardrail_name"))


def _delete(server: FakeLitellm, kind: str, name: str, *, added: bool) -> None:
    calls: dict[str, tuple[str, Any]] = {
        "credential": (f"DELETE /credentials/{name}", None),
        "model": ("POST /model/delete", {"id": name}),
        "user": ("POST /user/delete", {"user_ids": [name]}),
        "team": ("POST /team/delete", {"team_ids": [name]}),
        "key": ("POST /key/delete", {"keys": [name]}),
        "budget": ("POST /budget/delete", {"id": name}),
        "guardrail": (f"DELETE /guardrails/{name}", None),
        "MCP server": (f"DELETE /v1/mcp/server/{name}", None),
    }
    call, body = calls[kind]
    server._answer(call, {}, body)


def _change(server: FakeLitellm, kind: str, name: str, *, added: bool) -> None:
    row = _tables(server)[kind][name]
    if kind == "credential":
        values = {"organization": "theirs"} if added else {"api_base": "http://by-hand"}
        row["credential_values"] = {**row["credential_values"], **values}
    elif kind == "model":
        row["litellm_params"] = {**row["litellm_params"], "max_retries" if added else "rpm": 77}
    elif kind == "guardrail":
        row["litellm_params"] = {**row["litellm_params"], "mode": "during_call"}
    elif kind == "MCP server":
        row |= {"allowed_tools": ["by-hand"]} if added else {"url": "http://by-hand"}
    elif kind == "budget":
        row |= {"tpm_limit": 77} if added else {"max_budget": 77}
    else:
        row |= {"tpm_limit": 77} if added else {"models": ["by-hand"]}


def _change_router(server: FakeLitellm, change: Change) -> None:
    aliases = dict(server.router.get("model_group_alias", {}))
    own = [name for name in sorted(aliases) if not name.startswith("theirs")]
    if change.kind == "alias" and change.number < len(own):
        name = own[change.number]
        aliases = (
            {**aliases, name: "by-hand"} if change.what != "delete" else {k: v for k, v in aliases.items() if k != name}
        )
        server.router["model_group_alias"] = aliases
    elif change.kind == "fallback" and "fallbacks" in server.router:
        server.router["fallbacks"] = server.router["fallbacks"][change.number :]
    elif change.kind == "router" and server.router.get(RETRIES) not in (None, ROUTER_SET_BACK[RETRIES]):
        # One that nobody has in force would be a setting of others: the next program with it is refused.
        server.router[RETRIES] = 7
