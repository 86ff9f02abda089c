"""MCP servers that are not ours, and how the catalog would say one.

Takes rows; gives `Found` objects. A secret cannot be read: the stack's config has to hold it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pydantic import JsonValue

from litellm_resources.admin_api.mcp_servers import AUTH_TYPES, TRANSPORTS, WITH_SECRET, McpServerRow
from litellm_resources.inventory.found import CannotAdopt, Changes, Entry, Form, Found, Situation, differing
from litellm_resources.leftover_rows import MCP_SERVER
from litellm_resources.ownership import owner_of
from litellm_resources.session import GatewaySession

NOTE = "of an MCP server only what the catalog knows stays: other headers, commands and variables may be lost"


def listed(session: GatewaySession) -> Iterator[Found]:
    """All of them."""
    for row in session.mcp_servers.rows().values():
        yield Found(
            kind=MCP_SERVER,
            name=row.server_name or row.alias or row.server_id,
            row_id=row.server_id,
            owner=owner_of(row.mcp_info),
            detail=f"{row.transport}, {row.auth_type or 'none'}",
            form=partial(_form, row),
        )


def _form(row: McpServerRow, situation: Situation) -> Form:
    name = row.server_name or row.alias
    if name is None:
        raise CannotAdopt("it has no name", "give it one there")
    if row.transport not in TRANSPORTS or (row.auth_type or "none") not in AUTH_TYPES:
        raise CannotAdopt(f"{row.transport} with {row.auth_type} is none that the catalog has", "leave it to people")
    value = {field: setting for field, setting in _fields(row).items() if setting not in ("", [], False)}
    secret = f"litellm-mcp-auth:{name}"
    if row.auth_type in WITH_SECRET and not situation.secrets.has(secret):
        raise CannotAdopt("its secret cannot be read", f"type: pulumi config set --secret {secret}")
    return Form(
        identity=name,
        entry=Entry(("mcp_servers", name), value),
        changes=partial(_changes, row, name),
        notes=(NOTE,),
    )


def _fields(row: McpServerRow) -> dict[str, JsonValue]:
    return {
        "url": row.url or "",
        "transport": row.transport or "",
        "auth_type": row.auth_type or "none",
        "description": row.description or "",
        "access_groups": list[JsonValue](sorted(row.mcp_access_groups or [])),
        "allowed_tools": list[JsonValue](sorted(row.allowed_tools or [])),
        "extra_headers": list[JsonValue](sorted(row.extra_headers or [])),
        "allow_all_keys": bool(row.allow_all_keys),
    }


def _changes(row: McpServerRow, name: str, situation: Situation) -> Changes | None:
    spec = next((each for each in situation.resolved.mcp_servers if each.server_name == name), None)
    if spec is None:
        return None
    live = _fields(row)
    wanted: dict[str, JsonValue] = {
        field: list[JsonValue](sorted(setting)) if isinstance(setting := getattr(spec, field), tuple) else setting
        for field in live
    }
    return differing(live, wanted)
