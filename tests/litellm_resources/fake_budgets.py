"""The budgets of the fake LiteLLM: what 1.81.12 and 1.109.1 were measured to do with rows of the budget table.

Takes the tables and the body of a request, changes the tables, gives answers. Held to the real servers by
tests/system/test_litellm_budgets.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Tables = dict[str, Row]
Answer = tuple[int, Any]
FIELDS = ("max_budget", "soft_budget", "budget_duration", "tpm_limit", "rpm_limit", "max_parallel_requests")
# Whenever it is: what is read is only whether there is one.
RESET_AT = "2026-12-01T00:00:00Z"


def answers(
    budgets: Tables, keys: Tables, customers: Tables, body: Any, *, old: bool
) -> dict[str, Callable[[], Answer]]:
    """What is asked of budgets."""
    return {
        "GET /budget/list": lambda: (200, [*budgets.values()]),
        "POST /budget/info": lambda: (200, [budgets[name] for name in body["budgets"] if name in budgets]),
        "POST /budget/new": lambda: _make(budgets, body, old=old),
        "POST /budget/update": lambda: _change(budgets, body, old=old),
        "POST /budget/delete": lambda: _delete(budgets, keys, customers, body["id"]),
        "POST /customer/new": lambda: (200, customers.setdefault(body["user_id"], body)),
        "POST /customer/delete": lambda: (200, [customers.pop(user_id) for user_id in body["user_ids"]]),
        "GET /customer/list": lambda: (200, [_customer(row, budgets) for row in customers.values()]),
    }


def _make(budgets: Tables, body: Row, *, old: bool) -> Answer:
    if body["budget_id"] in budgets:
        return (500, b"Internal Server Error") if old else (400, {"detail": {"error": "Budget already exists."}})
    if refused := _negative(body):
        return refused
    reset = RESET_AT if body.get("budget_duration") else None
    budgets[body["budget_id"]] = {**dict.fromkeys(FIELDS), "model_max_budget": None, "budget_reset_at": reset, **body}
    return 200, budgets[body["budget_id"]]


def _change(budgets: Tables, body: Row, *, old: bool) -> Answer:
    """An unknown id is no error. 1.81.12 begins no period for a duration that is new."""
    if body["budget_id"] not in budgets:
        return 200, None
    if refused := _negative(body):
        return refused
    begins = not old and body.get("budget_duration") is not None and "budget_reset_at" not in body
    reset = {"budget_reset_at": RESET_AT} if begins else {}
    budgets[body["budget_id"]] = {**budgets[body["budget_id"]], **body, **reset}
    return 200, budgets[body["budget_id"]]


def _delete(budgets: Tables, keys: Tables, customers: Tables, budget_id: str) -> Answer:
    """Takes the budget from everybody who has it; an unknown id is no error."""
    for row in (*keys.values(), *customers.values()):
        if row.get("budget_id") == budget_id:
            row["budget_id"] = None
    return 200, budgets.pop(budget_id, None)


def _customer(row: Row, budgets: Tables) -> Row:
    return {**row, "litellm_budget_table": budgets.get(str(row.get("budget_id")))}


def _negative(body: Row) -> Answer | None:
    if (body.get("max_budget") or 0) < 0:
        return 400, {"detail": {"error": "max_budget cannot be negative."}}
    return None
