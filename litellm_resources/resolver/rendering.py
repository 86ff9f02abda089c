"""The resolved catalog as a document for people and tests.

Takes a resolved catalog; gives JSON without any secret. Apart, so that the specs stay plain data.
"""

from dataclasses import asdict

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.resolved import ResolvedCatalog


def as_document(resolved: ResolvedCatalog) -> JsonObject:
    """Everything but the keys; of those, which providers have one is in `providers`."""
    router = resolved.router_settings
    return {
        "providers": [asdict(provider) for provider in resolved.providers],
        "credentials": {credential.name: asdict(credential) for credential in resolved.credentials},
        "models": {model.identity: asdict(model) for model in resolved.models},
        "model_group_alias": dict(router.model_group_alias),
        "fallbacks": [{source: list(targets) for source, targets in rule.items()} for rule in router.fallbacks],
        "router_settings": dict(router.other),
        "users": {user.user_id: {**asdict(user), "models": list(user.models)} for user in resolved.users},
        "keys": {key.key_alias: {**asdict(key), "models": list(key.models)} for key in resolved.keys},
        "guardrails": {each.guardrail_name: asdict(each) for each in resolved.guardrails},
        "mcp_servers": {server.server_name: asdict(server) for server in resolved.mcp_servers},
        "local_values": list(resolved.local_values),
        "skipped": list(resolved.skipped),
        "warnings": list(resolved.warnings),
    }
