"""Teams and their members.

Takes the authored teams, users and keys and the names that a team may list; gives specs and faults. A key of a team
belongs to nobody or to a member: LiteLLM deletes a member's keys in the team when the member goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from litellm_resources.resolver.authored import AuthoredKey, AuthoredMember, AuthoredTeam, AuthoredUser
from litellm_resources.resolver.document import JsonObject, Path
from litellm_resources.resolver.errors import Fault, correct_name, quote, quote_all
from litellm_resources.resolver.listed_models import model_faults
from litellm_resources.resolver.resolved import MembershipSpec, TeamSpec

_LIMITS = ("max_budget", "soft_budget", "budget_duration", "tpm_limit", "rpm_limit")
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
        limits=_set(team, _LIMITS),
        metadata=dict(team.metadata),
    )


def _membership(team_id: str, user_id: str, member: AuthoredMember) -> MembershipSpec:
    return MembershipSpec(team_id=team_id, user_id=user_id, role=member.role, limits=_set(member, _MEMBER_LIMITS))


def _set(authored: AuthoredTeam | AuthoredMember, names: tuple[str, ...]) -> JsonObject:
    return {name: value for name in names if (value := getattr(authored, name)) is not None}


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
            faults.append(_unknown_user(place, user_id, users))
        if member is not None and member.role == "admin":
            found = '"admin", which LiteLLM takes only with an enterprise licence'
            faults.append(Fault((*place, "role"), found, '"user"', 'write "user", or remove the line'))
    return faults


def _unknown_user(place: Path, user_id: str, users: Mapping[str, AuthoredUser]) -> Fault:
    return Fault(
        place,
        f"{quote(user_id)}, which is no user of the catalog",
        f"user ids: {quote_all(users)}",
        correct_name(user_id, users, f"add {quote(user_id)} to users, or remove it here"),
        name=user_id,
    )


def _key_faults(alias: str, key: AuthoredKey, teams: Mapping[str, AuthoredTeam]) -> list[Fault]:
    if key.team is None:
        return []
    if key.team not in teams:
        found = f"{quote(key.team)}, which is no team of the catalog"
        remedy = correct_name(key.team, teams, f"add {quote(key.team)} to teams, or write null")
        allowed = f"a team id ({quote_all(teams)}) or null"
        return [Fault(("keys", alias, "team"), found, allowed, remedy, name=key.team)]
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
