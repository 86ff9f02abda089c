"""What counts as a difference between what was written and what is live.

Takes the values as we last knew them and the live ones; gives the live ones in the words of the former wherever they
mean the same, so that a preview shows true differences only. LiteLLM gives numbers back as strings, adds defaults of
its own and null keys. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

# Keys that a server adds to `litellm_params` when nobody sets them, on both measured versions.
SERVER_DEFAULTS: Mapping[str, JsonValue] = {
    "use_in_pass_through": False,
    "use_litellm_proxy": False,
    "merge_reasoning_content_in_choices": False,
    "allow_client_keepalive_override": False,
    "use_xai_oauth": False,
}


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values mean the same: numbers by value, also as text; a null key is no key."""
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = _present(one), _present(other)
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) != isinstance(other, int | float):
        return _number(one) is not None and _number(one) == _number(other)
    return one == other


def live_parameters(known: Mapping[str, JsonValue], live: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The live parameters: those that we know, and those that somebody added, but no defaults of the server."""
    added = {
        name: value
        for name, value in _present(live).items()
        if name not in known and not (name in SERVER_DEFAULTS and SERVER_DEFAULTS[name] == value)
    }
    return {**live_declared(known, live), **added}


def live_declared(known: Mapping[str, JsonValue], live: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Of the live values those that we know, each in our words where it means the same; gone ones are left out."""
    result: dict[str, JsonValue] = {}
    for name, value in known.items():
        if name in live and same(value, live[name]):
            result[name] = value
        elif name in live and live[name] is not None:
            result[name] = live[name]
        elif value is None:
            result[name] = None
    return result


def plain(value: JsonValue) -> JsonValue:
    """Gives whole numbers back as such: Pulumi sends every number as a float."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _present(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in values.items() if value is not None}


def _number(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None
