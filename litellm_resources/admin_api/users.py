"""Internal users.

An update with an unknown id makes the user; null, `models: []` and `metadata: {}` in it are ignored, but for the limits
of `Differences.user_limits_cleared`; "" and 0 are taken (measured on both versions).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from litellm_resources.admin_api.answers import Answer, parse, read_pages
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound

LIST_PATH = "/user/list"
PAGE_SIZE = 100
LIMITS = ("max_budget", "budget_duration", "tpm_limit", "rpm_limit", "max_parallel_requests")


class UserRow(Answer):
    """One user as it is read. 1.81.12's list does not show `max_parallel_requests`."""

    user_id: str
    user_email: str | None = None
    user_alias: str | None = None
    user_role: str | None = None
    models: list[str] | None = None
    metadata: dict[str, JsonValue] | None = None
    max_budget: float | None = None
    budget_duration: str | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None
    max_parallel_requests: int | None = None

    @property
    def limits(self) -> dict[str, JsonValue]:
        """The limits that are set."""
        return self.those_set(LIMITS)


def read_all(client: AdminClient) -> dict[str, UserRow]:
    """Every user by id, to the last page."""
    place = f"{client.url}: GET {LIST_PATH}"
    rows = [parse(UserRow, item, place) for item in read_pages(client, LIST_PATH, "users", {"page_size": PAGE_SIZE})]
    return {row.user_id: row for row in rows}


def read_one(client: AdminClient, user_id: str) -> UserRow | None:
    """One user with every field; None when there is none."""
    path = "/user/info"
    try:
        answer = client.get(path, {"user_id": user_id})
    except NotFound:
        return None
    info = answer.get("user_info") if isinstance(answer, dict) else None
    return parse(UserRow, info, f"{client.url}: GET {path}")


def id_by_email(client: AdminClient, email: str) -> str | None:
    """The user of an address, in which LiteLLM counts upper and lower case as one; None when there is none."""
    place = f"{client.url}: GET {LIST_PATH}"
    # Finds every address that holds this one.
    query: dict[str, str | int] = {"page_size": PAGE_SIZE, "user_email": email}
    rows = [parse(UserRow, item, place) for item in read_pages(client, LIST_PATH, "users", query)]
    return next((row.user_id for row in rows if (row.user_email or "").lower() == email.lower()), None)


def create(client: AdminClient, fields: Mapping[str, JsonValue]) -> str:
    """Makes a user, without the key that LiteLLM would make along; gives the id: the given one, else one of its own."""
    path = "/user/new"
    answer = client.post(path, {**fields, "auto_create_key": False})
    return parse(UserRow, answer, f"{client.url}: POST {path}").user_id


def change(client: AdminClient, fields: dict[str, JsonValue]) -> None:
    """Changes in place; the caller knows that the user is there."""
    client.post("/user/update", fields)


def delete(client: AdminClient, user_id: str) -> None:
    """Removes a user, all the user's keys and the memberships in teams; one that is gone is done."""
    try:
        client.post("/user/delete", {"user_ids": [user_id]})
    except NotFound:
        return
