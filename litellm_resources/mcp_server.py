"""McpServer: one MCP server whose tools LiteLLM offers.

Takes name, URL and how it is asked; makes the server in place, but where its secret is taken away: no version's change
removes one, so it is deleted and made anew. The secret never comes back; a keyed hash of it in `mcp_info` tells which
one this program wrote last. A server made by hand is known by its name, and keeps its id when it is taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource
from pydantic import Field, JsonValue

from litellm_resources.account import difference
from litellm_resources.admin_api import mcp_servers
from litellm_resources.admin_api.mcp_servers import AUTH_TYPES, TRANSPORTS, WITH_SECRET, McpServerRow
from litellm_resources.adoption import refuse_foreign
from litellm_resources.ownership import fingerprint, marker, noted, owner_of
from litellm_resources.properties import Props, ProviderInputs, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM MCP server"
FINGERPRINT = "auth_value_fingerprint"
NO_SECRET = "(no secret)"  # noqa: S105  what is shown in its place
UNKNOWN_SECRET = "(unknown)"  # noqa: S105  what is shown in its place


class McpServerInputs(ProviderInputs):
    """A server as wanted; lists in order of their names."""

    server_name: str
    url: str
    fingerprint_key: str
    transport: str = "http"
    auth_type: str = "none"
    auth_value: str | None = None
    auth_value_fingerprint: str = NO_SECRET
    description: str = ""
    access_groups: list[str] = Field(default_factory=list)
    allowed_tools: list[str] = Field(default_factory=list)
    extra_headers: list[str] = Field(default_factory=list)
    allow_all_keys: bool = False
    adopt: bool = False

    def fields(self, server_id: str) -> dict[str, JsonValue]:
        """The body of a write."""
        mark = marker(self.owner, self.server_name, fingerprint=self.auth_value_fingerprint)
        secret: dict[str, JsonValue] = {"credentials": {"auth_value": self.auth_value}} if self.auth_value else {}
        return {
            "server_id": server_id,
            "server_name": self.server_name,
            "alias": self.server_name,
            "description": self.description,
            "transport": self.transport,
            "url": self.url,
            "auth_type": self.auth_type,
            "mcp_access_groups": list[JsonValue](self.access_groups),
            "allowed_tools": list[JsonValue](self.allowed_tools),
            "extra_headers": list[JsonValue](self.extra_headers),
            "allow_all_keys": self.allow_all_keys,
            "mcp_info": {"server_name": self.server_name, **mark},
            **secret,
        }


class McpServerProvider(LitellmProvider):
    """Makes MCP servers."""

    kind = KIND
    inputs_type = McpServerInputs
    identity_field = "server_name"
    replaced_by = frozenset({"server_name"})

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        inputs = parse(McpServerInputs, _wanted)
        found = []
        if inputs.transport not in TRANSPORTS:
            found.append(CheckFailure("transport", f"unknown; allowed: {', '.join(TRANSPORTS)}"))
        if inputs.auth_type not in AUTH_TYPES:
            found.append(CheckFailure("auth_type", f"unknown; allowed: {', '.join(AUTH_TYPES)}"))
        elif (inputs.auth_type in WITH_SECRET) != bool(inputs.auth_value):
            found.append(CheckFailure("auth_value", f"needed for {', '.join(WITH_SECRET)}, and for nothing else"))
        return found

    def completed(self, wanted: Props) -> Props:
        inputs = parse(McpServerInputs, wanted)
        value = inputs.auth_value
        found = NO_SECRET if value is None else fingerprint(inputs.fingerprint_key, inputs.server_name, value)
        return {**wanted, FINGERPRINT: found}

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(McpServerInputs, wanted)
        row = None if last else _named(session.mcp_servers.rows(), inputs)
        if row is None or not session.mcp_servers.everywhere(row.server_id):
            return None
        return self._adopting(session, wanted, owner_of(row.mcp_info))

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(McpServerInputs, wanted)
        with session.writing() as client:
            session.mcp_servers.forget()
            row = session.mcp_servers.agreed(lambda rows: _named(rows, inputs), lambda found: found is None)
            if row is not None:
                name, owner = inputs.server_name, owner_of(row.mcp_info)
                refuse_foreign(self._name(wanted), name, owner, inputs.owner, adopt=inputs.adopt)
            if row is not None and row.auth_type in WITH_SECRET and not inputs.auth_value:
                mcp_servers.delete(client, row.server_id)
                row = None
            if row is None:
                mcp_servers.create(client, inputs.fields(inputs.server_name))
            else:
                mcp_servers.change(client, inputs.fields(row.server_id))
        session.wait_until_seen(self._name(wanted), lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(McpServerInputs, last)
        return self._seen(session.mcp_servers, last, lambda rows: _live(rows, inputs, last))

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(McpServerInputs, last)
        with session.writing() as client:
            row = session.mcp_servers.agreed(lambda rows: _named(rows, inputs), lambda found: found is None)
            if row is None:
                return
            if self._left(session, last, owner_of(row.mcp_info)):
                return
            mcp_servers.delete(client, row.server_id)
            session.mcp_servers.drop(row.server_id)


def _named(rows: Mapping[str, McpServerRow], inputs: McpServerInputs) -> McpServerRow | None:
    """The server of that name; 1.81.12 lets people make several: ours comes first."""
    name = inputs.server_name
    found = [row for row in rows.values() if name in (row.server_name, row.alias)]
    return min(found, key=lambda row: (owner_of(row.mcp_info) != inputs.owner, row.server_id), default=None)


def _live(rows: Mapping[str, McpServerRow], inputs: McpServerInputs, last: Props) -> Live | None:
    row = _named(rows, inputs)
    return None if row is None else Live({**inputs_of(McpServerInputs, last), **_live_fields(row)})


def _live_fields(row: McpServerRow) -> Props:
    has_secret = row.auth_type in WITH_SECRET
    return {
        "server_name": row.server_name or row.alias,
        "url": row.url or "",
        "transport": row.transport or "",
        "auth_type": row.auth_type or "none",
        FINGERPRINT: (noted(row.mcp_info, "fingerprint") or UNKNOWN_SECRET) if has_secret else NO_SECRET,
        "description": row.description or "",
        "access_groups": _sorted(row.mcp_access_groups),
        "allowed_tools": _sorted(row.allowed_tools),
        "extra_headers": _sorted(row.extra_headers),
        "allow_all_keys": bool(row.allow_all_keys),
        "owner": owner_of(row.mcp_info),
    }


def _sorted(names: Iterable[str] | None) -> list[JsonValue]:
    return list[JsonValue](sorted(names or ()))


def _still_different(session: GatewaySession, inputs: McpServerInputs) -> str | None:
    session.mcp_servers.forget()
    row = _named(session.mcp_servers.rows(), inputs)
    return "no such server" if row is None else difference(inputs.model_dump(), _live_fields(row))


@dataclass(frozen=True, kw_only=True)
class McpServerArgs:
    """What an MCP server needs.

    Attributes:
        server_name: Its name, and its identity: letters, digits and underscores.
        url: Where it answers.
        fingerprint_key: Secret of the stack that keys the hash of `auth_value`.
        transport: `http` or `sse`.
        auth_type: How `auth_value` is sent.
        auth_value: The secret that the server asks for.
        description: For people.
        access_groups: Which groups of keys and teams may use it.
        allowed_tools: The tools that are offered; empty is all.
        extra_headers: Names of headers that are passed on from the client.
        allow_all_keys: Every key may use it.
        adopt: A server of this name made by hand may be taken over.
    """

    server_name: str
    url: str
    fingerprint_key: pulumi.Input[str]
    transport: str = "http"
    auth_type: str = "none"
    auth_value: pulumi.Input[str] | None = None
    description: str = ""
    access_groups: Sequence[str] = ()
    allowed_tools: Sequence[str] = ()
    extra_headers: Sequence[str] = ()
    allow_all_keys: bool = False
    adopt: bool = False


class McpServer(Resource, module="litellm", name="McpServer"):
    """An MCP server in LiteLLM; see the module."""

    server_name: pulumi.Output[str]

    def __init__(self, name: str, args: McpServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "server_name": args.server_name,
            "url": args.url,
            "fingerprint_key": pulumi.Output.secret(args.fingerprint_key),
            "transport": args.transport,
            "auth_type": args.auth_type,
            "description": args.description,
            "access_groups": sorted(args.access_groups),
            "allowed_tools": sorted(args.allowed_tools),
            "extra_headers": sorted(args.extra_headers),
            "allow_all_keys": args.allow_all_keys,
            "adopt": args.adopt,
        }
        if args.auth_value is not None:
            props["auth_value"] = pulumi.Output.secret(args.auth_value)
        super().__init__(McpServerProvider(), name, props, opts)
