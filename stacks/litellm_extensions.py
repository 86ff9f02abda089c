"""The catalog's MCP servers and guardrails become LiteLLM's objects.

Takes the resolved catalog, makes one resource a spec with its secret of the stack config. A part of
`litellm_catalog.py`: both stand beside models and accounts, and nothing of those refers to them.
"""

from __future__ import annotations

import pulumi

from litellm_resources.guardrail import Guardrail, GuardrailArgs
from litellm_resources.mcp_server import McpServer, McpServerArgs
from litellm_resources.resolver.resolved import ResolvedCatalog
from stacks import catalog_reading, stack_secrets
from stacks.environment import Environment
from stacks.secret_needs import GUARDRAIL_KEYS, MCP_SECRETS


def make(
    environment: Environment,
    catalog: ResolvedCatalog,
    fingerprint_key: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """Makes every MCP server and guardrail."""
    secrets = stack_secrets.of_objects(catalog_reading.object_needs(catalog).values(), stack=environment.stack)
    adopt = frozenset(environment.settings.litellm.adopt)
    servers = [
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
                adopt=spec.server_name in adopt,
            ),
            opts,
        )
        for spec in catalog.mcp_servers
    ]
    guardrails = [
        Guardrail(
            spec.guardrail_name,
            GuardrailArgs(
                guardrail_name=spec.guardrail_name,
                litellm_params=spec.litellm_params,
                fingerprint_key=fingerprint_key,
                api_key=secrets.get(f"{GUARDRAIL_KEYS}:{spec.guardrail_name}"),
                adopt=spec.guardrail_name in adopt,
            ),
            opts,
        )
        for spec in catalog.guardrails
    ]
    return [*servers, *guardrails]
