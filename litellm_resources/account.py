"""What users and keys have in common: models, limits and metadata, and how live ones are told in our words.

Takes an account as we last knew it and as it is live; gives the live values. The server clears not every limit that
is taken away (1.81.12 clears only `max_budget`); a limit that stays is a read-back error with the way out. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from litellm_resources.comparison import live_parameters, same
from litellm_resources.ownership import without_marker

BUDGET = "max_budget"
BUDGET_DURATION = "budget_duration"


def live_limits(known: Mapping[str, JsonValue], live: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The live limits. A duration without a budget limits nothing, so it counts only where we set it."""
    found = live_parameters(known, live)
    if BUDGET not in found and BUDGET_DURATION not in known:
        found.pop(BUDGET_DURATION, None)
    return found


def live_metadata(known: Mapping[str, JsonValue], live: Mapping[str, JsonValue] | None) -> dict[str, JsonValue]:
    """The live metadata without our marker."""
    return live_parameters(known, without_marker(live))


def cleared(limits: Iterable[str], wanted: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Every limit that can be set: the wanted ones, null for the rest."""
    return {name: wanted.get(name) for name in limits}


def difference(wanted: Mapping[str, JsonValue], live: Mapping[str, JsonValue]) -> str | None:
    """Names the fields, and within a map the keys, whose live value is not the wanted one."""
    wrong = []
    for name, value in live.items():
        mine = wanted.get(name)
        if same(mine, value):
            continue
        if isinstance(mine, dict) and isinstance(value, dict):
            keys = sorted({*mine, *value})
            wrong += [f"{name}.{key}" for key in keys if not same(mine.get(key), value.get(key))]
        else:
            wrong.append(name)
    return f"another {', '.join(wrong)}" if wrong else None
