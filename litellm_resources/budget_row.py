"""A budget as it is wanted, and budgets of LiteLLM compared with it.

Takes inputs and rows; gives the bodies of writes and how a row reads in our words. Whose one is stands in
`budget_marks.py`. Pure.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field, JsonValue

from litellm_resources import account
from litellm_resources.admin_api import budgets
from litellm_resources.admin_api.budgets import BudgetRow
from litellm_resources.properties import Props, ProviderInputs

# The first period of a month may be a little short or long; LiteLLM counts the ones after it.
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400}


class BudgetInputs(ProviderInputs):
    """A budget as wanted. `name` is what the catalog calls it."""

    name: str
    budget_id: str
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    adopt: bool = False

    @property
    def fields(self) -> dict[str, JsonValue]:
        """The body of a write."""
        return {"budget_id": self.budget_id, **{name: self.limits.get(name) for name in budgets.LIMITS}}


def live_limits(row: BudgetRow, known: BudgetInputs) -> Props:
    """The inputs that can be read, in our own words where they mean the same."""
    return {"limits": account.live_limits(known.limits, row.limits)}


def missing_reset(inputs: BudgetInputs, row: BudgetRow, today: datetime) -> dict[str, JsonValue]:
    """The end of the first period, which 1.81.12 leaves out of an update: without it the spend never starts again."""
    duration = inputs.limits.get("budget_duration")
    if row.budget_reset_at is not None or not isinstance(duration, str):
        return {}
    return {"budget_id": inputs.budget_id, budgets.RESET_AT: (today + _period(duration)).isoformat()}


def _period(duration: str) -> timedelta:
    number = duration.rstrip("smhdwo")
    return timedelta(seconds=int(number) * _UNITS[duration.removeprefix(number)])
