"""The router settings: aliases, fallbacks and the other keys of LiteLLM's one row.

Takes the authored catalog and the model names; gives the row, and what was dropped or is wrong.
"""

from dataclasses import dataclass

from litellm_resources.resolver.authored import AuthoredCatalog
from litellm_resources.resolver.errors import Fault
from litellm_resources.resolver.references import ModelNames, resolve_aliases, resolve_fallbacks
from litellm_resources.resolver.resolved import RouterSettingsSpec

CONTEXT_WINDOW_FALLBACKS = "context_window_fallbacks"
CONTENT_POLICY_FALLBACKS = "content_policy_fallbacks"


@dataclass(frozen=True)
class Router:
    """The row, and what the user is to know of it."""

    settings: RouterSettingsSpec
    dropped: tuple[str, ...]
    faults: tuple[Fault, ...]


def expand_router(catalog: AuthoredCatalog, models: ModelNames) -> Router:
    """Resolve aliases and the three kinds of fallbacks; take the other keys as they are."""
    authored = catalog.router_settings
    aliases = resolve_aliases(catalog.aliases, models)
    fallbacks = resolve_fallbacks(catalog.fallbacks, ("fallbacks",), aliases, models)
    longer, allowed = (
        resolve_fallbacks(rules, ("router_settings", name), aliases, models)
        for name, rules in (
            (CONTEXT_WINDOW_FALLBACKS, authored.context_window_fallbacks),
            (CONTENT_POLICY_FALLBACKS, authored.content_policy_fallbacks),
        )
    )
    parts = (aliases, fallbacks, longer, allowed)
    return Router(
        RouterSettingsSpec(
            model_group_alias=aliases.table,
            fallbacks=fallbacks.rules,
            context_window_fallbacks=longer.rules,
            content_policy_fallbacks=allowed.rules,
            other=authored.model_dump(exclude_unset=True, exclude={CONTEXT_WINDOW_FALLBACKS, CONTENT_POLICY_FALLBACKS}),
        ),
        tuple(each for part in parts for each in part.dropped),
        tuple(each for part in parts for each in part.faults),
    )
