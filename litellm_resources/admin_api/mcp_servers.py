"""MCP servers: tools that LiteLLM offers to its clients.

The secret of a server never comes back. A list comes out of one worker's memory; asking for one server makes LiteLLM
connect to it, so it is never done. 1.81.12 ignores null in a change, and sets what is left out of it to the default:
every field is sent.
"""

from __future__ import annotations

from urllib.parse import quote

from pydantic import JsonValue

from litellm_resources.admin_api.answers import Answer, rows
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound

PATH = "/v1/mcp/server"
# What both versions know and this program can give; oauth2 asks a person.
WITH_SECRET = ("api_key", "bearer_token", "basic", "authorization")
AUTH_TYPES = ("none", *WITH_SECRET)
TRANSPORTS = ("http", "sse")


class McpServerRow(Answer):
    """One server as it is read; `mcp_info` keeps what it is given, and LiteLLM adds to it."""

    server_id: str
    server_name: str | None = None
    alias: str | None = None
    description: str | None = None
    url: str | None = None
    transport: str | None = None
    auth_type: str | None = None
    mcp_access_groups: list[str] | None = None
    allowed_tools: list[str] | None = None
    extra_headers: list[str] | None = None
    allow_all_keys: bool | None = None
    mcp_info: dict[str, JsonValue] | None = None


def read_all(client: AdminClient) -> dict[str, McpServerRow]:
    """Every server by its id; the list has no pages."""
    place = f"{client.url}: GET {PATH}"
    return {row.server_id: row for row in rows(McpServerRow, client.get(PATH), place)}


def create(client: AdminClient, fields: dict[str, JsonValue]) -> None:
    """Makes one under an id of ours."""
    client.post(PATH, fields)


def change(client: AdminClient, fields: dict[str, JsonValue]) -> None:
    """Changes one in place; credentials that are left out stay."""
    client.put(PATH, fields)


def delete(client: AdminClient, server_id: str) -> None:
    """Removes one; one that is gone is done."""
    try:
        client.delete(f"{PATH}/{quote(server_id, safe='')}")
    except NotFound:
        return
