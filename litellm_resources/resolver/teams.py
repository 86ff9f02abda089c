"""Teams and their members.

Takes the authored teams, users and keys and the names that a team may list; gives specs and faults. A key of a team
belongs to nobody or to a member: LiteLLM deletes a member's keys in the team when the member goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from litellm_resources.resolver.authored import AuthoredKey, AuthoredMember, AuthoredTeam, AuthoredUser
from litellm_resources.resolver.errors import Fault, quote, quote_all, unknown_name
from litellm_resources.resolver.limits import OF_TEAMS, those_set
from litellm_resources.resolver.listed_models import model_faults
from litellm_resources.resolver.resolved import MembershipSpec, TeamSpec

_MEMBER_LIMITS = ("max_budget_in_team", "tpm_limit", "rpm_limit")
# LiteLLM's own: the keys of its web pages are in this team.
_RESERVED = "litellm-dashboard"
_SEPARATOR = "/"


@dataclass(frozen=True)
class Teams:
    """Who works together."""

    teams: tuple[TeamSpec, ...]
    memberships: tuple[MembershipSpec, ...]
    faults: tuple[Fault, ...]


def expand_teams(
    teams: Mapping[str, AuthoredTeam],
    users: Mapping[str, AuthoredUser],
    keys: Mapping[str, AuthoredKey],
    names: frozenset[str],
) -> Teams:
    """Teams and memberships; `names` are model names, aliases and access groups."""
    faults: list[Fault] = []
    for team_id, team in sorted(teams.items()):
        faults += [*_id_faults(team_id), *model_faults(("teams", team_id), team.models, names)]
        faults += [*_budget_faults(team_id, team), *_member_faults(team_id, team, users)]
    for alias, key in sorted(keys.items()):
        faults += _key_faults(alias, key, teams)
    return Teams(
        tuple(_team(team_id, team) for team_id, team in sorted(teams.items())),
        tuple(
            _membership(team_id, user_id, member or AuthoredMember())
            for team_id, team in sorted(teams.items())
            for user_id, member in sorted(team.members.items())
        ),
        tuple(faults),
    )


def _team(team_id: str, team: AuthoredTeam) -> TeamSpec:
    return TeamSpec(
        team_id=team_id,
        team_alias=team.team_alias or team_id,
        models=tuple(team.models),
        limits=those_set(team, OF_TEAMS),
        metadata=dict(team.metadata),
    )


def _membership(team_id: str, user_id: str, member: AuthoredMember) -> MembershipSpec:
    return MembershipSpec(team_id=team_id, user_id=user_id, role=member.role, limits=those_set(member, _MEMBER_LIMITS))


def _id_faults(team_id: str) -> list[Fault]:
    if team_id == _RESERVED:
        found = f"{quote(team_id)}, the team of the keys that LiteLLM's web pages use"
    elif _SEPARATOR in team_id or not team_id:
        found = f"{quote(team_id)}, which is empty or has a {quote(_SEPARATOR)} in it"
    else:
        return []
    return [Fault(("teams", team_id), found, f"a team id without {quote(_SEPARATOR)}", "rename the team")]


def _budget_faults(team_id: str, team: AuthoredTeam) -> list[Fault]:
    if team.max_budget is None or team.soft_budget is None or team.soft_budget < team.max_budget:
        return []
    found = f"{team.soft_budget:g}, which is no less than the team's max_budget of {team.max_budget:g}"
    remedy = "lower it, or raise max_budget"
    return [Fault(("teams", team_id, "soft_budget"), found, "less than max_budget", remedy)]


def _member_faults(team_id: str, team: AuthoredTeam, users: Mapping[str, AuthoredUser]) -> list[Fault]:
    faults = []
    for user_id, member in sorted(team.members.items()):
        place = ("teams", team_id, "members", user_id)
        if user_id not in users:
            allowed = f"user ids: {quote_all(users)}"
            faults.append(unknown_name(place, user_id, "user", users, allowed, "remove it here"))
        if member is not None and member.role == "admin":
            found = '"admin", which LiteLLM takes only with an enterprise licence'
            faults.append(Fault((*place, "role"), found, '"user"', 'write "user", or remove the line'))
    return faults


def _key_faults(alias: str, key: AuthoredKey, teams: Mapping[str, AuthoredTeam]) -> list[Fault]:
    if key.team is None:
        return []
    if key.team not in teams:
        allowed = f"a team id ({quote_all(teams)}) or null"
        return [unknown_name(("keys", alias, "team"), key.team, "team", teams, allowed, "write null")]
    members = teams[key.team].members
    if key.user is None or key.user in members:
        return []
    return [
        Fault(
            ("keys", alias, "user"),
            f"{quote(key.user)}, who is no member of the key's team {quote(key.team)}",
            f"a member of that team ({quote_all(members)}) or null",
            f"add {quote(key.user)} to teams.{key.team}.members, or write null",
            name=key.user,
            rests_on=(("teams", key.team, "members"),),
        )
    ]
