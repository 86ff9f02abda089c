"""Budgets: limits in a row of their own, which keys and customers share.

A list shows all of them, without pages. An update or a deletion of an unknown id is no error, and 1.81.12 answers 500
and nothing more to a second create: so callers look first. A deletion takes the limits from whoever has the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from litellm_resources.admin_api.answers import Answer, rows
from litellm_resources.admin_api.client import AdminClient

LIST_PATH = "/budget/list"
INFO_PATH = "/budget/info"
CUSTOMERS_PATH = "/customer/list"
LIMITS = ("max_budget", "soft_budget", "budget_duration", "tpm_limit", "rpm_limit", "max_parallel_requests")
RESET_AT = "budget_reset_at"


class BudgetRow(Answer):
    """One budget as it is read."""

    budget_id: str
    max_budget: float | None = None
    soft_budget: float | None = None
    budget_duration: str | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None
    max_parallel_requests: int | None = None
    budget_reset_at: datetime | None = None

    @property
    def limits(self) -> dict[str, JsonValue]:
        """The limits that are set."""
        return self.those_set(LIMITS)


class Given(Answer):
    """The budget that somebody was given."""

    budget_id: str | None = None


class Customer(Answer):
    """A customer of requests (LiteLLM's `end_user`), as far as a budget goes."""

    user_id: str
    litellm_budget_table: Given | None = None


def read_all(client: AdminClient) -> dict[str, BudgetRow]:
    """Every budget by id, also those that LiteLLM made for a membership or a key."""
    found = rows(BudgetRow, client.get(LIST_PATH), f"{client.url}: GET {LIST_PATH}")
    return {row.budget_id: row for row in found}


def read_one(client: AdminClient, budget_id: str) -> BudgetRow | None:
    """One budget; None when there is none."""
    found = rows(BudgetRow, client.post(INFO_PATH, {"budgets": [budget_id]}), f"{client.url}: POST {INFO_PATH}")
    return next((row for row in found if row.budget_id == budget_id), None)


def customers_with(client: AdminClient, budget_id: str) -> list[str]:
    """The customers that were given this budget."""
    found = rows(Customer, client.get(CUSTOMERS_PATH), f"{client.url}: GET {CUSTOMERS_PATH}")
    return sorted(
        row.user_id for row in found if row.litellm_budget_table and row.litellm_budget_table.budget_id == budget_id
    )


def create(client: AdminClient, fields: Mapping[str, JsonValue]) -> None:
    """Makes a budget under an id of ours; the caller knows that there is none."""
    client.post("/budget/new", dict(fields))


def change(client: AdminClient, fields: Mapping[str, JsonValue]) -> None:
    """Changes in place; null clears. 1.81.12 begins no period for a duration that is new: see `budget_row`."""
    client.post("/budget/update", dict(fields))


def delete(client: AdminClient, budget_id: str) -> None:
    """Removes a budget; one that is gone is done."""
    client.post("/budget/delete", {"id": budget_id})
