"""What users and keys have in common: limits and metadata, how they are written, and how live ones read in our words.

Takes an account as it is wanted or was last known, and as it is live; gives the body of a write and the live values.
Where a version ignores the null that takes a limit away, it gets one that limits nothing, which reads as none. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pydantic import JsonValue

from litellm_resources.comparison import live_parameters, same
from litellm_resources.ownership import without_marker

BUDGET = "max_budget"
BUDGET_DURATION = "budget_duration"
# A hundred years, and the largest number that fits all columns.
NO_LIMIT: Mapping[str, JsonValue] = {
    BUDGET_DURATION: "36500d",
    "tpm_limit": 2**31 - 1,
    "rpm_limit": 2**31 - 1,
    "max_parallel_requests": 2**31 - 1,
}


def live_limits(known: Mapping[str, JsonValue], live: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The live limits. A duration without a budget limits nothing, so it counts only where we set it."""
    limiting = {name: value for name, value in live.items() if name in known or not same(value, NO_LIMIT.get(name))}
    found = live_parameters(known, limiting)
    if BUDGET not in found and BUDGET_DURATION not in known:
        found.pop(BUDGET_DURATION, None)
    return found


def live_metadata(known: Mapping[str, JsonValue], live: Mapping[str, JsonValue] | None) -> dict[str, JsonValue]:
    """The live metadata without our marker."""
    return live_parameters(known, without_marker(live))


def cleared(
    limits: Iterable[str], wanted: Mapping[str, JsonValue], live: Mapping[str, JsonValue], by_null: Collection[str]
) -> dict[str, JsonValue]:
    """Every limit that can be set: the wanted ones; for the rest null, or what limits nothing where null is ignored."""
    nothing = {name: None if name in by_null or live.get(name) is None else NO_LIMIT[name] for name in limits}
    return {name: nothing[name] if wanted.get(name) is None else wanted[name] for name in limits}


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
