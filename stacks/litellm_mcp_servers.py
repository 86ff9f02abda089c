"""The catalog's MCP servers become LiteLLM's objects.

Takes the resolved catalog, makes one resource a spec with its secret of the stack config. A part of
`litellm_catalog.py`.
"""

from __future__ import annotations

import pulumi

from litellm_resources.mcp_server import McpServer, McpServerArgs
from litellm_resources.resolver.resolved import ResolvedCatalog
from stacks import catalog_reading, stack_secrets
from stacks.environment import Environment
from stacks.secret_needs import MCP_SECRETS


def make(
    environment: Environment,
    catalog: ResolvedCatalog,
    fingerprint_key: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> list[McpServer]:
    """Makes every MCP server."""
    secrets = stack_secrets.of_objects(catalog_reading.object_needs(catalog).values(), stack=environment.stack)
    return [
        McpServer(
            spec.server_name,
            McpServerArgs(
                server_name=spec.server_name,
                url=spec.url,
                fingerprint_key=fingerprint_key,
                transport=spec.transport,
                auth_type=spec.auth_type,
                auth_value=secrets.get(f"{MCP_SECRETS}:{spec.server_name}"),
                description=spec.description,
                access_groups=spec.access_groups,
                allowed_tools=spec.allowed_tools,
                extra_headers=spec.extra_headers,
                allow_all_keys=spec.allow_all_keys,
                adopt=spec.server_name in environment.settings.litellm.adopt,
            ),
            opts,
        )
        for spec in catalog.mcp_servers
    ]
