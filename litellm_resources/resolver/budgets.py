"""Budgets that keys share.

Takes the authored budgets and keys; gives specs and faults. Of users, keys and teams LiteLLM gives only keys a budget.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from litellm_resources.resolver.authored import AuthoredBudget, AuthoredKey
from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import Fault, correct_name, quote, quote_all
from litellm_resources.resolver.resolved import BudgetSpec

_LIMITS = ("max_budget", "soft_budget", "budget_duration", "tpm_limit", "rpm_limit", "max_parallel_requests")


@dataclass(frozen=True)
class Budgets:
    """What keys may share."""

    budgets: tuple[BudgetSpec, ...]
    faults: tuple[Fault, ...]


def expand_budgets(budgets: Mapping[str, AuthoredBudget], keys: Mapping[str, AuthoredKey]) -> Budgets:
    """The budgets, and what is wrong with them or with a key that names one."""
    faults = [*_repeated_ids(budgets)]
    for name, budget in sorted(budgets.items()):
        if not _limits(budget):
            found = "a budget without a limit"
            place = ("budgets", name)
            remedy = "add one, or remove the budget"
            faults.append(Fault(place, found, "at least one limit", remedy, rests_on=(place,)))
    for alias, key in sorted(keys.items()):
        faults += _key_faults(alias, key, budgets)
    specs = (
        BudgetSpec(name=name, budget_id=budget.budget_id, limits=_limits(budget))
        for name, budget in sorted(budgets.items())
    )
    return Budgets(tuple(specs), tuple(faults))


def _limits(budget: AuthoredBudget) -> JsonObject:
    return {name: value for name in _LIMITS if (value := getattr(budget, name)) is not None}


def _repeated_ids(budgets: Mapping[str, AuthoredBudget]) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for name, budget in sorted(budgets.items()):
        if budget.budget_id is None:
            continue
        if budget.budget_id in first:
            found = f"{quote(budget.budget_id)}, the id of the budget {quote(first[budget.budget_id])}"
            faults.append(Fault(("budgets", name, "budget_id"), found, "each id once", "remove one of the two"))
        first.setdefault(budget.budget_id, name)
    return faults


def _key_faults(alias: str, key: AuthoredKey, budgets: Mapping[str, AuthoredBudget]) -> list[Fault]:
    if key.budget is None:
        return []
    faults = []
    if key.budget not in budgets:
        found = f"{quote(key.budget)}, which is no budget of the catalog"
        remedy = correct_name(key.budget, budgets, f"add {quote(key.budget)} to budgets, or write null")
        allowed = f"a budget ({quote_all(budgets)}) or null"
        faults.append(Fault(("keys", alias, "budget"), found, allowed, remedy, name=key.budget))
    if key.soft_budget is not None:
        found = "a soft budget beside the budget that it would take the place of"
        remedy = "write it into the budget, or take one of the two away"
        faults.append(Fault(("keys", alias, "soft_budget"), found, "budget or soft_budget", remedy))
    return faults
