"""Whose a team's members are: a membership has no place for a marker, so the marker of the team names ours.

Takes a team's row; says who of its members its owner put in, and writes that. Whoever writes a team keeps that list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import JsonValue

from litellm_resources.admin_api import teams
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.teams import TeamRow
from litellm_resources.ownership import NOBODY, OURS, owner_of

MEMBERS = "members"
# LiteLLM's own, kept in a team's metadata: the budget row for members that have no limits of their own.
KEPT = frozenset({"team_member_budget_id"})
# Not in a team id of ours; in a user id it may be.
SEPARATOR = "/"


def marked_members(metadata: Mapping[str, JsonValue] | None) -> list[str]:
    """The user ids of the members that the team's owner put in."""
    details = (metadata or {}).get(OURS)
    found = details.get(MEMBERS) if isinstance(details, dict) else None
    return sorted(str(user_id) for user_id in found) if isinstance(found, list) else []


def with_members(metadata: Mapping[str, JsonValue], members: Collection[str]) -> dict[str, JsonValue]:
    """The same metadata with another list of members in its marker."""
    details = metadata.get(OURS)
    own = {name: value for name, value in details.items() if name != MEMBERS} if isinstance(details, dict) else {}
    listed: dict[str, JsonValue] = {MEMBERS: list[JsonValue](sorted(members))} if members else {}
    return {**metadata, OURS: {**own, **listed}}


def member_owner(row: TeamRow, user_id: str) -> str:
    """Whose a membership is: the team's owner's if the team's marker names the member, else nobody's."""
    return owner_of(row.metadata) if user_id in marked_members(row.metadata) else NOBODY


def others_members(row: TeamRow, owner: str) -> list[str]:
    """The members of a team that this owner did not put in."""
    return sorted(user_id for user_id in row.roles if member_owner(row, user_id) != owner)


def others_teams(rows: Collection[TeamRow], user_id: str, owner: str) -> list[str]:
    """The names of the teams that others put this user into."""
    found = [row for row in rows if user_id in row.roles and member_owner(row, user_id) != owner]
    return sorted(row.team_alias or row.team_id for row in found)


def membership_name(team_id: str, user_id: str) -> str:
    """What people, `litellm.adopt` and the state know a membership by."""
    return f"{team_id}{SEPARATOR}{user_id}"


def team_and_user(name: str) -> tuple[str, str]:
    """The two ids in a membership's name."""
    team_id, _, user_id = name.partition(SEPARATOR)
    return team_id, user_id


def mark(client: AdminClient, row: TeamRow, members: Collection[str]) -> None:
    """Writes who is ours, unless the team says so already."""
    if sorted(members) != marked_members(row.metadata):
        teams.change(client, {"team_id": row.team_id, "metadata": with_members(row.metadata or {}, members)})


def take_out(client: AdminClient, team_id: str, user_id: str) -> None:
    """Takes a user out of a team of ours, then the mark that it was us who put the user in."""
    teams.remove_member(client, team_id, user_id)
    if (row := teams.read_one(client, team_id)) is not None:
        mark(client, row, {*marked_members(row.metadata)} - {user_id})
