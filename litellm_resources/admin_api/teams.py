"""Teams and who is in them.

One list shows teams with their members and each member's limits, without pages. On 1.81.12 an update of who is no
member makes half a membership, and clears what is left out; and adding an unknown user makes that user: so callers look
first and send every field. LiteLLM makes a budget row of a random id for a member's limits and never removes it.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from litellm_resources.admin_api.answers import REMEDY, Answer, parse, rows
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound, Rejected, Unintelligible

LIST_PATH = "/team/list"
LIMITS = ("max_budget", "soft_budget", "budget_duration", "tpm_limit", "rpm_limit")
# A member's limits, by the names that a write takes, and what a read calls them.
BUDGET_IN_TEAM = "max_budget_in_team"
MEMBER_LIMITS = {BUDGET_IN_TEAM: "max_budget", "tpm_limit": "tpm_limit", "rpm_limit": "rpm_limit"}
# The user of the master key, whom LiteLLM puts into each team that is made with it.
MASTER_USER = "default_user_id"


class Member(Answer):
    """Who is in a team, and as what."""

    user_id: str | None = None
    role: str = "user"


class MemberBudget(Answer):
    """The row beside a membership that holds its limits."""

    max_budget: float | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None


class Membership(Answer):
    """The limits of one member; 1.81.12 has none for a member without limits, and some for who is no member."""

    user_id: str
    litellm_budget_table: MemberBudget | None = None


class TeamRow(Answer):
    """One team as it is read."""

    team_id: str
    team_alias: str | None = None
    models: list[str] | None = None
    metadata: dict[str, JsonValue] | None = None
    max_budget: float | None = None
    soft_budget: float | None = None
    budget_duration: str | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None
    members_with_roles: list[Member] | None = None
    team_memberships: list[Membership] | None = None

    @property
    def limits(self) -> dict[str, JsonValue]:
        """The limits that are set."""
        return self.those_set(LIMITS)

    @property
    def roles(self) -> dict[str, str]:
        """The role of each member by user id, without the user that LiteLLM adds by itself."""
        members = self.members_with_roles or []
        return {member.user_id: member.role for member in members if member.user_id not in (None, MASTER_USER)}

    def limits_of(self, user_id: str) -> dict[str, JsonValue]:
        """The limits of a member that are set, by the names that a write takes."""
        memberships = self.team_memberships or []
        budget = next((each.litellm_budget_table for each in memberships if each.user_id == user_id), None)
        found = {name: getattr(budget, read, None) for name, read in MEMBER_LIMITS.items()}
        return {name: value for name, value in found.items() if value is not None}


def read_all(client: AdminClient) -> dict[str, TeamRow]:
    """Every team by id, with its members."""
    place = f"{client.url}: GET {LIST_PATH}"
    return {row.team_id: row for row in rows(TeamRow, client.get(LIST_PATH), place)}


def read_one(client: AdminClient, team_id: str) -> TeamRow | None:
    """One team with its members; None when there is none."""
    path = "/team/info"
    place = f"{client.url}: GET {path}"
    try:
        answer = client.get(path, {"team_id": team_id})
    except NotFound:
        return None
    if not isinstance(answer, dict) or not isinstance(info := answer.get("team_info"), dict):
        raise Unintelligible(place, "an answer without the team", REMEDY)
    return parse(TeamRow, {**info, "team_memberships": answer.get("team_memberships")}, place)


def create(client: AdminClient, fields: Mapping[str, JsonValue]) -> None:
    """Makes a team under an id of ours."""
    client.post("/team/new", dict(fields))


def change(client: AdminClient, fields: Mapping[str, JsonValue]) -> None:
    """Changes in place; null clears, lists and metadata are replaced."""
    client.post("/team/update", dict(fields))


def delete(client: AdminClient, team_id: str) -> None:
    """Removes a team, its memberships and all its keys; one that is gone is done."""
    try:
        client.post("/team/delete", {"team_ids": [team_id]})
    except NotFound:
        return


def add_member(client: AdminClient, team_id: str, user_id: str, role: str, limits: Mapping[str, JsonValue]) -> None:
    """Puts a user in; the caller knows that there is such a user, who is no member yet."""
    budget = {name: limits[name] for name in limits if name == BUDGET_IN_TEAM}
    client.post("/team/member_add", {"team_id": team_id, "member": {"user_id": user_id, "role": role}, **budget})
    if limits != budget:
        # Nothing but the budget can be given along.
        change_member(client, team_id, user_id, role, limits)


def change_member(client: AdminClient, team_id: str, user_id: str, role: str, limits: Mapping[str, JsonValue]) -> None:
    """Changes in place; the caller knows that the user is a member. A limit that is left out is cleared."""
    every = {name: limits.get(name) for name in MEMBER_LIMITS}
    client.post("/team/member_update", {"team_id": team_id, "user_id": user_id, "role": role, **every})


def remove_member(client: AdminClient, team_id: str, user_id: str) -> None:
    """Takes a user out, and deletes the keys of that user in that team; who is no member is done."""
    try:
        client.post("/team/member_delete", {"team_id": team_id, "user_id": user_id})
    except (Rejected, NotFound):
        # Both versions say 400 for an unknown team and for who is no member.
        row = read_one(client, team_id)
        if row is not None and user_id in row.roles:
            raise
