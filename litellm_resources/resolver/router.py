"""The router settings: aliases, fallbacks and the other keys of LiteLLM's one row.

Takes the authored catalog and the model names; gives the row, and what was dropped or is wrong.
"""

from dataclasses import dataclass

from pydantic import JsonValue

from litellm_resources.resolver.authored import AuthoredCatalog
from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import Fault
from litellm_resources.resolver.references import ModelNames, resolve_aliases, resolve_fallbacks
from litellm_resources.resolver.resolved import RouterSettingsSpec

CONTEXT_WINDOW_FALLBACKS = "context_window_fallbacks"


@dataclass(frozen=True)
class Router:
    """The row, and what the user is to know of it."""

    settings: RouterSettingsSpec
    dropped: tuple[str, ...]
    faults: tuple[Fault, ...]


def expand_router(catalog: AuthoredCatalog, models: ModelNames) -> Router:
    """Resolve aliases and both kinds of fallbacks; take the other keys as they are."""
    aliases = resolve_aliases(catalog.aliases, models)
    fallbacks = resolve_fallbacks(catalog.fallbacks, ("fallbacks",), aliases, models)
    authored = catalog.router_settings
    place = ("router_settings", CONTEXT_WINDOW_FALLBACKS)
    longer = resolve_fallbacks(authored.context_window_fallbacks, place, aliases, models)
    other: JsonObject = authored.model_dump(exclude_unset=True, exclude={CONTEXT_WINDOW_FALLBACKS})
    if longer.rules:
        other[CONTEXT_WINDOW_FALLBACKS] = _as_json(longer.rules)
    return Router(
        RouterSettingsSpec(model_group_alias=aliases.table, fallbacks=fallbacks.rules, other=other),
        aliases.dropped + fallbacks.dropped + longer.dropped,
        aliases.faults + fallbacks.faults + longer.faults,
    )


def _as_json(rules: list[dict[str, list[str]]]) -> JsonValue:
    return [{source: list(targets) for source, targets in rule.items()} for rule in rules]
