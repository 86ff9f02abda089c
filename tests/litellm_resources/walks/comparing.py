"""What a server holds of a stack, and what its catalog says, in the same words: the two lists must be equal.

Takes the tables of a fake and a small catalog; gives one row an object: what is there twice is in the list twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from litellm_resources.account import NO_LIMIT
from litellm_resources.budget_marks import id_owner, marked_id
from litellm_resources.model_row import CREDENTIAL, UPSTREAM
from litellm_resources.ownership import OURS, noted, owner_of
from litellm_resources.router_record import LISTS, OWNED, RECORD
from tests.litellm_resources.fake_litellm import FakeLitellm
from tests.litellm_resources.walks.small_catalog import OWNER, Fields, SmallCatalog

Row = tuple[str, str, Fields]
LIMITS = ("max_budget", "tpm_limit", "rpm_limit")
BUDGET_LIMITS = (*LIMITS, "budget_duration")
# What LiteLLM calls a field, and what it is where the catalog says nothing.
MCP_FIELDS: Fields = {
    "url": None,
    "auth_type": "none",
    "description": "",
    "mcp_access_groups": [],
    "allow_all_keys": False,
    "allowed_tools": [],
}
MCP_INPUTS = {"mcp_access_groups": "access_groups"}


def held(server: FakeLitellm, catalog: SmallCatalog) -> list[Row]:
    """What is ours on the server."""
    return sorted(
        [*_held(server), *_held_limits(server), *_held_extensions(server), *_routed(server, catalog)], key=str
    )


def said(catalog: SmallCatalog) -> list[Row]:
    """What the catalog says."""
    return sorted(
        [*_said(catalog), *_said_limits(catalog), *_said_extensions(catalog), *_said_routes(catalog)], key=str
    )


def _held(server: FakeLitellm) -> Iterator[Row]:
    credentials = {name: noted(row["credential_info"], "identity") for name, row in server.credentials.items()}
    for row in _ours(server.credentials, "credential_info"):
        info = row["credential_info"]
        if row["credential_name"].startswith(RECORD):
            continue
        yield (
            "credential",
            noted(info, "identity"),
            {"values": row["credential_values"], "kind": info.get("custom_llm_provider")},
        )
    for row in _ours(server.models, "model_info"):
        params = {name: value for name, value in row["litellm_params"].items() if name not in (UPSTREAM, CREDENTIAL)}
        name = row["litellm_params"].get(CREDENTIAL)
        fields = {"name": row["model_name"], "upstream": row["litellm_params"][UPSTREAM], "params": params}
        yield "model", noted(row["model_info"], "identity"), {**fields, "credential": credentials.get(name, name)}
    for row in _ours(server.users, "metadata"):
        yield "user", row["user_id"], {"role": row["user_role"], "models": row["models"], **_limits(row)}
    for row in _ours(server.teams.rows, "metadata"):
        yield "team", row["team_id"], {"alias": row["team_alias"], "models": row["models"]}
        for user_id in server.teams.members(row["team_id"]):
            yield "membership", f"{row['team_id']}/{user_id}", {}


def _held_limits(server: FakeLitellm) -> Iterator[Row]:
    for row in _ours(server.keys, "metadata"):
        own = {"models": row["models"], "user": row.get("user_id"), "budget": row.get("budget_id")}
        yield "key", row["key_alias"], {**own, **_limits(row)}
    for budget_id, row in server.budgets.items():
        if id_owner(budget_id) == OWNER:
            yield "budget", budget_id, _limits(row, *BUDGET_LIMITS)


def _held_extensions(server: FakeLitellm) -> Iterator[Row]:
    for row in _ours(server.guardrails.rows, "guardrail_info"):
        yield "guardrail", row["guardrail_name"], {"params": row["litellm_params"]}
    for row in _ours(server.mcp.rows, "mcp_info"):
        secret = (row.get("credentials") or {}).get("auth_value") if row["auth_type"] != "none" else None
        yield "MCP server", row["alias"], {"secret": secret, **{name: row[name] for name in MCP_FIELDS}}


def _routed(server: FakeLitellm, catalog: SmallCatalog) -> Iterator[Row]:
    """The row carries no marker: what is not declared is others', unless it has a name of ours."""
    for name, model in server.router.get("model_group_alias", {}).items():
        if not name.startswith("theirs"):
            yield "alias", name, {"model": model}
    for entry in server.router.get("fallbacks", []):
        for name, targets in entry.items():
            if not name.startswith("theirs"):
                yield "fallback", name, {"targets": targets}
    for name in catalog.router:
        yield "router", name, {"value": server.router.get(name)}
    for name, row in server.credentials.items():
        if name == RECORD:
            yield "record", name, {"owner": owner_of(row["credential_info"])}
        elif name.startswith(LISTS):
            yield "record", "its list", {"names": row["credential_info"][OURS][OWNED]}


def _said(catalog: SmallCatalog) -> Iterator[Row]:
    for name, fields in catalog.of("credential").items():
        values = {key: fields[key] for key in ("api_base", "api_key") if fields.get(key) is not None}
        yield "credential", name, {"values": values, "kind": fields.get("custom_llm_provider")}
    for name, fields in catalog.of("model").items():
        own = {"name": fields["model_name"], "upstream": fields["upstream_model"], "params": fields["litellm_params"]}
        yield "model", name, {**own, "credential": catalog.credential_of(fields)}
    for name, fields in catalog.of("user").items():
        yield "user", name, {"role": fields["user_role"], "models": fields["models"], **_limits(fields["limits"])}
    for name, fields in catalog.of("team").items():
        yield "team", name, {"alias": name, "models": fields["models"]}
    for name in catalog.of("membership"):
        yield "membership", name, {}


def _said_limits(catalog: SmallCatalog) -> Iterator[Row]:
    for name, fields in catalog.of("key").items():
        key = catalog.key(name, fields)
        own = {"models": fields["models"], "user": key["user_id"], "budget": key["budget_id"]}
        yield "key", name, {**own, **_limits(fields["limits"])}
    for name, fields in catalog.of("budget").items():
        yield "budget", marked_id(OWNER, name), _limits(fields["limits"], *BUDGET_LIMITS)


def _said_extensions(catalog: SmallCatalog) -> Iterator[Row]:
    for name, fields in catalog.of("guardrail").items():
        key_of = {"api_key": fields["api_key"]} if "api_key" in fields else {}
        yield "guardrail", name, {"params": {**fields["litellm_params"], **key_of}}
    for name, fields in catalog.of("MCP server").items():
        own = {name: fields.get(MCP_INPUTS.get(name, name), default) for name, default in MCP_FIELDS.items()}
        yield "MCP server", name, {"secret": fields.get("auth_value"), **own}


def _said_routes(catalog: SmallCatalog) -> Iterator[Row]:
    for name, fields in catalog.of("alias").items():
        yield "alias", name, {"model": fields["model"]}
    for name, fields in catalog.of("fallback").items():
        yield "fallback", name, {"targets": fields["targets"]}
    for name, value in catalog.router.items():
        yield "router", name, {"value": value}
    names = {"fallbacks": catalog.of("fallback"), "model_group_alias": catalog.of("alias"), "other": catalog.router}
    if any(names.values()):
        yield "record", RECORD, {"owner": OWNER}
        yield "record", "its list", {"names": {section: sorted(own) for section, own in names.items() if own}}


def _ours(table: Mapping[str, Fields], info: str) -> Iterator[Fields]:
    return (row for row in table.values() if owner_of(row.get(info)) == OWNER)


def _limits(row: Mapping[str, Any], *names: str) -> Fields:
    """Those that limit: where null takes none away, a value of no effect stands for it."""
    return {name: row[name] for name in names or LIMITS if row.get(name) not in (None, NO_LIMIT.get(name))}
