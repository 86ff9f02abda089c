"""MCP servers: tools that LiteLLM offers to its clients.

Takes the authored servers; gives specs and faults. LiteLLM puts the name before each tool's, so it may hold neither
"-" nor what a tool's name may not; 1.109.1 takes two names that differ in case for the same.
"""

import re
from collections.abc import Iterator, Mapping

from litellm_resources.resolver.authored import AuthoredMcpServer
from litellm_resources.resolver.document import Path
from litellm_resources.resolver.errors import Fault, quote
from litellm_resources.resolver.resolved import McpServerSpec
from litellm_resources.resolver.urls import bad_url

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def expand_mcp_servers(servers: Mapping[str, AuthoredMcpServer]) -> tuple[McpServerSpec, ...]:
    """The servers by name."""
    return tuple(
        McpServerSpec(
            server_name=name,
            url=server.url,
            transport=server.transport,
            auth_type=server.auth_type,
            description=server.description,
            access_groups=tuple(server.access_groups),
            allowed_tools=tuple(server.allowed_tools),
            extra_headers=tuple(server.extra_headers),
            allow_all_keys=server.allow_all_keys,
        )
        for name, server in sorted(servers.items())
    )


def mcp_server_faults(servers: Mapping[str, AuthoredMcpServer]) -> Iterator[Fault]:
    """What of their names and URLs LiteLLM would refuse, or keep and never reach."""
    first: dict[str, str] = {}
    for name, server in sorted(servers.items()):
        path: Path = ("mcp_servers", name)
        if not _NAME.fullmatch(name):
            allowed = "a letter, then letters, digits and underscores, at most 64"
            yield Fault(path, "a name that no tool's name can begin with", allowed, "rename it")
        before = first.setdefault(name.lower(), name)
        if before != name:
            yield Fault(path, f"the name of {quote(before)} in other case", "each name once", "rename one of them")
        if (reason := bad_url(server.url)) is not None:
            remedy = 'write it like "https://host/mcp"; a secret: pulumi config set --secret litellm-mcp-auth:' + name
            yield Fault((*path, "url"), reason, "an http or https URL without user and password", remedy)
