"""The limits of accounts, teams and budgets.

Takes an authored object; gives those of its limits that are set: null and absent are both no limit.
"""

from collections.abc import Iterable

from litellm_resources.resolver.authored import Authored
from litellm_resources.resolver.document import JsonObject

OF_TEAMS = ("max_budget", "soft_budget", "budget_duration", "tpm_limit", "rpm_limit")
OF_ACCOUNTS = (*OF_TEAMS, "max_parallel_requests")


def those_set(authored: Authored, names: Iterable[str]) -> JsonObject:
    """The limits of these names; a user has no `soft_budget` at all."""
    return {name: value for name in names if (value := getattr(authored, name, None)) is not None}
