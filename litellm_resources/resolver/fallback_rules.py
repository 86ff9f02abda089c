"""Fallback rules as one file gives them: a rule without a model is no rule.

Takes a file's document, before `$base` stands for anything; gives faults.
"""

from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject, Path
from litellm_resources.resolver.errors import Fault

PLACES: tuple[Path, ...] = (
    ("fallbacks",),
    ("router_settings", "context_window_fallbacks"),
    ("router_settings", "content_policy_fallbacks"),
)


def empty_rules(document: JsonObject) -> list[Fault]:
    """One fault for each rule that names no model."""
    return [
        Fault((*place, index, source), "[]", "a list of at least one model", "name one, or remove the rule")
        for place in PLACES
        for index, rule in enumerate(_list_at(document, place))
        if isinstance(rule, dict)
        for source, targets in rule.items()
        if targets == []
    ]


def _list_at(document: JsonObject, place: Path) -> list[JsonValue]:
    holder: JsonValue = document
    for step in place:
        holder = holder.get(str(step)) if isinstance(holder, dict) else None
    return holder if isinstance(holder, list) else []
