"""The resolved catalog as a document for people and tests.

Takes a resolved catalog; gives JSON without any secret. Apart, so that the specs stay plain data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from pydantic import JsonValue

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
        "fallbacks": _rules(router.fallbacks),
        "router_settings": {
            **router.other,
            **({"context_window_fallbacks": _rules(longer)} if (longer := router.context_window_fallbacks) else {}),
            **({"content_policy_fallbacks": _rules(allowed)} if (allowed := router.content_policy_fallbacks) else {}),
        },
        "users": {user.user_id: {**asdict(user), "models": list(user.models)} for user in resolved.users},
        "keys": {key.key_alias: {**asdict(key), "models": list(key.models)} for key in resolved.keys},
        "guardrails": {each.guardrail_name: asdict(each) for each in resolved.guardrails},
        "mcp_servers": {server.server_name: asdict(server) for server in resolved.mcp_servers},
        "local_values": list(resolved.local_values),
        "skipped": list(resolved.skipped),
        "warnings": list(resolved.warnings),
    }


def _rules(rules: Sequence[Mapping[str, Sequence[str]]]) -> JsonValue:
    return [{source: list(targets) for source, targets in rule.items()} for rule in rules]
