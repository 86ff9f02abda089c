"""The MCP servers of the fake LiteLLM: what 1.81.12 and 1.109.1 were measured to do with them.

Takes the bodies of requests, changes the table, gives answers. Held to the real servers by
tests/system/test_litellm_resources.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Answer = tuple[int, Any]
PATH = "/v1/mcp/server"
# What 1.81.12 makes of a field that a change leaves out: its model's default, where that is not null.
DEFAULTS: Row = {"transport": "sse", "alias": None, "mcp_access_groups": [], "allow_all_keys": False}
NOISE: Row = {"credentials": None, "created_by": None, "teams": [], "status": None, "args": [], "env": {}}


@dataclass
class FakeMcpServers:
    """Servers by id, their secrets among the fields."""

    old: bool
    rows: dict[str, Row] = field(default_factory=dict)

    def answer(self, call: str, body: Any) -> Answer | None:
        """The answer to a call that is about MCP servers; None for any other."""
        method, _, path = call.partition(" ")
        if not path.startswith(PATH):
            return None
        if method == "GET":
            return 200, [self._read(row) for row in self.rows.values()]
        if method == "DELETE":
            return self._delete(path.removeprefix(f"{PATH}/"))
        if "-" in body.get("server_name", ""):
            return _error(400, "Server name cannot contain '-'.")
        return self._make(body) if method == "POST" else self._change(body)

    def _make(self, body: Row) -> Answer:
        if body["server_id"] in self.rows:
            return _error(400, f"MCP Server with id {body['server_id']} already exists. Cannot create another.")
        names = {str(row.get("alias")).lower() for row in self.rows.values()}
        if not self.old and body.get("alias", "").lower() in names:
            return _error(400, f"An MCP server with alias '{body['alias']}' already exists")
        if body.get("auth_type") in ("api_key", "bearer_token", "basic") and not body.get("credentials"):
            return 422, {"detail": [{"msg": "Value error, auth_value is required"}]}
        self.rows[body["server_id"]] = body
        return 201, self._read(body)

    def _change(self, body: Row) -> Answer:
        row = self.rows.get(body["server_id"])
        if row is None:
            return _error(404, f"MCP Server not found, passed server_id={body['server_id']}")
        kept = {name: value for name, value in body.items() if value is not None} if self.old else body
        self.rows[body["server_id"]] = {**row, **(DEFAULTS if self.old else {}), **kept}
        return 202, self._read(self.rows[body["server_id"]])

    def _delete(self, server_id: str) -> Answer:
        if self.rows.pop(server_id, None) is None:
            return _error(404, f"MCP Server not found, passed server_id={server_id}")
        return 202, b""

    def _read(self, row: Row) -> Row:
        newer = {} if self.old else {"is_public": False, "is_public_explicit": False}
        info = {**row.get("mcp_info", {}), "description": row.get("description"), **newer}
        return {**row, **NOISE, "mcp_info": info}


def _error(status: int, message: str) -> Answer:
    return status, {"detail": {"error": message}}
