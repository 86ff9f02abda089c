"""Virtual keys. The server knows a key by the SHA-256 of its value and never gives the value back.

A second create of one value changes nothing and says 200; an update of an unknown key says 401 on 1.81.12: so callers
look first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from litellm_resources.admin_api.answers import Answer, items, parse, read_pages
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound

LIST_PATH = "/key/list"
PAGE_SIZE = 100
LIMITS = ("max_budget", "budget_duration", "tpm_limit", "rpm_limit", "max_parallel_requests")
# Kept in a row beside the key: `soft_budgets` writes it.
SOFT_BUDGET = "soft_budget"
ALL_LIMITS = (*LIMITS, SOFT_BUDGET)
# What a type of key may call. Only `key_type` in a create knows these; an update takes the routes.
ROUTES = {
    "default": [],
    "llm_api": ["llm_api_routes"],
    "management": ["management_routes"],
    "read_only": ["info_routes"],
}


class Budget(Answer):
    """The row beside a key that holds its soft budget, or limits that it shares with other keys."""

    soft_budget: float | None = None
    max_budget: float | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None
    max_parallel_requests: int | None = None

    @property
    def is_shared(self) -> bool:
        """Whether it limits more than LiteLLM itself writes into such a row."""
        limits = (self.max_budget, self.tpm_limit, self.rpm_limit, self.max_parallel_requests)
        return any(limit is not None for limit in limits)


class KeyBudget(Answer):
    """A key's token, and the row beside it."""

    token: str
    budget_id: str | None = None
    litellm_budget_table: Budget | None = None


class KeyRow(KeyBudget):
    """One key as it is read."""

    key_alias: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    models: list[str] | None = None
    metadata: dict[str, JsonValue] | None = None
    allowed_routes: list[str] | None = None
    max_budget: float | None = None
    budget_duration: str | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None
    max_parallel_requests: int | None = None
    spend: float | None = None
    blocked: bool | None = None
    expires: datetime | None = None

    @property
    def soft_budget(self) -> float | None:
        return self.litellm_budget_table.soft_budget if self.litellm_budget_table else None

    @property
    def key_type(self) -> str:
        """The type by its routes; routes that make no type are named."""
        routes = sorted(self.allowed_routes or [])
        return next((name for name, own in ROUTES.items() if own == routes), f"custom: {', '.join(routes)}")

    @property
    def limits(self) -> dict[str, JsonValue]:
        """The limits that are set."""
        return self.those_set(ALL_LIMITS)


def token_of(value: str) -> str:
    """What the server knows a key's value by."""
    return hashlib.sha256(value.encode()).hexdigest()


def read_all(client: AdminClient) -> dict[str, KeyRow]:
    """Every key by its token, to the last page."""
    return {row.token: row for row in _listed(client)}


def read_one(client: AdminClient, token: str) -> KeyRow | None:
    """One key as the list shows it; None when there is none. 1.109.1's `/key/info` shows deleted keys for a while."""
    return next((row for row in _listed(client, key_hash=token) if row.token == token), None)


def is_taken(client: AdminClient, key_alias: str) -> bool:
    """Whether a key has this alias: two keys made at the same moment may get the same one."""
    return any(row.key_alias == key_alias for row in _listed(client, key_alias=key_alias))


def create(client: AdminClient, value: str, fields: Mapping[str, JsonValue]) -> None:
    """Makes a key of a value of ours; the caller knows that there is none."""
    client.post("/key/generate", {**fields, "key": value})


def change(client: AdminClient, token: str, fields: dict[str, JsonValue]) -> None:
    """Changes in place; the caller knows that the key is there."""
    client.post("/key/update", {**fields, "key": token})


def delete(client: AdminClient, token: str) -> None:
    """Removes a key; one that is gone is done."""
    try:
        client.post("/key/delete", {"keys": [token]})
    except NotFound:
        return


def _listed(client: AdminClient, **only: str) -> list[KeyRow]:
    place = f"{client.url}: GET {LIST_PATH}"
    query: dict[str, str | int] = {"size": PAGE_SIZE, "return_full_object": "true", **only}
    rows = [parse(KeyRow, item, place) for item in read_pages(client, LIST_PATH, "keys", query)]
    return rows if all("budget_id" in row.model_fields_set for row in rows) else _with_budgets(client, rows)


def _with_budgets(client: AdminClient, rows: list[KeyRow]) -> list[KeyRow]:
    """The same keys with their budgets, which 1.81.12's list does not show: one call for all of them."""
    path = "/v2/key/info"
    place = f"{client.url}: POST {path}"
    answer = client.post(path, {"keys": [row.token for row in rows]})
    found = {each.token: each for each in (parse(KeyBudget, item, place) for item in items(answer, "info", place))}
    return [row.model_copy(update=dict(found[row.token])) if row.token in found else row for row in rows]
