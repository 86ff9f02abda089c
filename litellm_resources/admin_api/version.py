"""What differs between LiteLLM's versions, in this one place.

Takes the version that the server names, gives `Differences`. Measured on 1.81.12 and 1.109.1: what lies between is
treated like 1.81.12, whose rules are the more careful ones; what is newer works by the newest rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from litellm_resources.admin_api.errors import UnsupportedVersion

OLDEST = (1, 81, 12)
NEWEST_KNOWN = (1, 109, 1)

# What a write of 1.81.12 keeps; any other key it drops without a word.
ROUTER_KEYS_1_81 = frozenset(
    {
        "routing_strategy_args",
        "routing_strategy",
        "model_group_retry_policy",
        "allowed_fails",
        "cooldown_time",
        "num_retries",
        "timeout",
        "max_retries",
        "retry_after",
        "fallbacks",
        "context_window_fallbacks",
        "model_group_alias",
    }
)
# The limits that null takes away; null for any other is ignored.
KEY_LIMITS_CLEARED_1_81 = frozenset({"max_budget", "tpm_limit", "rpm_limit", "max_parallel_requests"})
KEY_LIMITS_CLEARED = KEY_LIMITS_CLEARED_1_81 | {"budget_duration"}
USER_LIMITS_CLEARED_1_81 = frozenset({"max_budget"})
USER_LIMITS_CLEARED = frozenset({"max_budget", "budget_duration", "tpm_limit", "rpm_limit"})
# What a router shows for a key that nobody set, or does as if; the defaults that the API names are others.
ROUTER_DEFAULTS_1_81: Mapping[str, JsonValue] = {
    "routing_strategy": "simple-shuffle",
    "routing_strategy_args": {},
    "allowed_fails": 3,
    "cooldown_time": 5,
    "num_retries": 2,
    "timeout": 6000,
    "retry_after": 0,
}
# What a key that leaves the row is set back to, so that the router does as if nobody had set it.
ROUTER_SET_BACK: Mapping[str, JsonValue] = {
    **ROUTER_DEFAULTS_1_81,
    "max_retries": 0,
    "model_group_retry_policy": {},
    "retry_policy": {},
}


@dataclass(frozen=True)
class Differences:
    """How one version behaves.

    Attributes:
        version: As the server names it.
        router_write_replaces: A write of router settings replaces the whole row, so everything is sent each time.
        router_keys: The keys that a write keeps; None: the server itself refuses what it does not know.
        key_limits_cleared: The limits of a key that null takes away.
        user_limits_cleared: The limits of a user that null takes away.
        unknown: Newer than what was measured.
    """

    version: str
    router_write_replaces: bool
    router_keys: frozenset[str] | None
    key_limits_cleared: frozenset[str]
    user_limits_cleared: frozenset[str]
    unknown: bool


def differences(version: str, place: str) -> Differences:
    """Looks up how a version behaves.

    Raises:
        UnsupportedVersion: It is older than 1.81.12, or no version at all.
    """
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    number = tuple(map(int, found.groups())) if found else (0, 0, 0)
    if number < OLDEST:
        remedy = f"run LiteLLM {'.'.join(map(str, OLDEST))} or newer"
        raise UnsupportedVersion(place, f"LiteLLM {version}", remedy)
    older = number < NEWEST_KNOWN
    return Differences(
        version=version,
        router_write_replaces=older,
        router_keys=ROUTER_KEYS_1_81 if older else None,
        key_limits_cleared=KEY_LIMITS_CLEARED_1_81 if older else KEY_LIMITS_CLEARED,
        user_limits_cleared=USER_LIMITS_CLEARED_1_81 if older else USER_LIMITS_CLEARED,
        unknown=number > NEWEST_KNOWN,
    )
