"""Budgets that keys share.

Takes the authored budgets and keys; gives specs and faults. Of users, keys and teams LiteLLM gives only keys a budget.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from litellm_resources.resolver.authored import AuthoredBudget, AuthoredKey
from litellm_resources.resolver.errors import Fault, quote, quote_all, unknown_name
from litellm_resources.resolver.limits import OF_ACCOUNTS, those_set
from litellm_resources.resolver.resolved import BudgetSpec


@dataclass(frozen=True)
class Budgets:
    """What keys may share."""

    budgets: tuple[BudgetSpec, ...]
    faults: tuple[Fault, ...]


def expand_budgets(budgets: Mapping[str, AuthoredBudget], keys: Mapping[str, AuthoredKey]) -> Budgets:
    """The budgets, and what is wrong with them or with a key that names one."""
    faults = [*_repeated_ids(budgets)]
    for name, budget in sorted(budgets.items()):
        if not those_set(budget, OF_ACCOUNTS):
            found = "a budget without a limit"
            place = ("budgets", name)
            remedy = "add one, or remove the budget"
            faults.append(Fault(place, found, "at least one limit", remedy, rests_on=(place,)))
    for alias, key in sorted(keys.items()):
        faults += _key_faults(alias, key, budgets)
    specs = (
        BudgetSpec(name=name, budget_id=budget.budget_id, limits=those_set(budget, OF_ACCOUNTS))
        for name, budget in sorted(budgets.items())
    )
    return Budgets(tuple(specs), tuple(faults))


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
        allowed = f"a budget ({quote_all(budgets)}) or null"
        faults.append(unknown_name(("keys", alias, "budget"), key.budget, "budget", budgets, allowed, "write null"))
    if key.soft_budget is not None:
        found = "a soft budget beside the budget that it would take the place of"
        remedy = "write it into the budget, or take one of the two away"
        faults.append(Fault(("keys", alias, "soft_budget"), found, "budget or soft_budget", remedy))
    return faults
