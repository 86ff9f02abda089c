"""Team membership: one user in one team, with a role and limits of its own.

Takes team, user, role and limits; puts the user into the team, always in place, because taking one out deletes the
user's keys in that team. Whose a membership is, the team's marker says (docs/adr/0017), so only a team of ours gets
members; it is marked before the user is put in, and after the user was taken out no longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource
from pydantic import Field, JsonValue

from litellm_resources import account
from litellm_resources.admin_api import teams, users
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound
from litellm_resources.admin_api.teams import TeamRow
from litellm_resources.adoption import refuse_foreign
from litellm_resources.cascade import refuse_to_take_out
from litellm_resources.comparison import live_parameters
from litellm_resources.ownership import owner_of
from litellm_resources.properties import Props, ProviderInputs, inputs_of, parse, unknown_limits
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession
from litellm_resources.team_marks import mark, marked_members, member_owner, membership_name, take_out

KIND = "LiteLLM team membership"
ROLE = "user"
LICENSED = {"admin": "LiteLLM makes team admins only with an enterprise licence"}


class MembershipInputs(ProviderInputs):
    """A membership as wanted."""

    team_id: str
    user_id: str
    role: str = ROLE
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    adopt: bool = False


class TeamMembershipProvider(LitellmProvider):
    """Puts users into teams."""

    kind = KIND
    inputs_type = MembershipInputs
    identity_field = "user_id"
    replaced_by = frozenset({"team_id", "user_id"})

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        inputs = parse(MembershipInputs, _wanted)
        found = unknown_limits(inputs.limits, teams.MEMBER_LIMITS)
        if inputs.role != ROLE:
            found.append(CheckFailure("role", f"{LICENSED.get(inputs.role, 'unknown')}; allowed: {ROLE}"))
        return found

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(MembershipInputs, wanted)
        row = None if last else session.teams.rows().get(inputs.team_id)
        if row is None or inputs.user_id not in row.roles:
            return None
        return self._adopting(session, wanted, member_owner(row, inputs.user_id))

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(MembershipInputs, wanted)
        what = self._name(wanted)
        with session.writing() as client:
            row = _team(client, what, inputs)
            if inputs.user_id in row.roles:
                owner = member_owner(row, inputs.user_id)
                refuse_foreign(what, self._identity(wanted), owner, inputs.owner, adopt=inputs.adopt)
            elif users.read_one(client, inputs.user_id) is None:
                # LiteLLM would make one, without a marker.
                raise NotFound(what, "there is no such user in LiteLLM", "make up makes it if the catalog has it")
            mark(client, row, {*marked_members(row.metadata), inputs.user_id})
            if inputs.user_id in row.roles:
                teams.change_member(client, inputs.team_id, inputs.user_id, inputs.role, inputs.limits)
            else:
                teams.add_member(client, inputs.team_id, inputs.user_id, inputs.role, inputs.limits)
            session.wait_until_seen(what, lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(MembershipInputs, last)
        row = session.teams.rows().get(inputs.team_id)
        if row is None or inputs.user_id not in row.roles:
            return None
        return Live({**inputs_of(MembershipInputs, last), **_live_fields(row, inputs)})

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(MembershipInputs, last)
        with session.writing() as client:
            row = teams.read_one(client, inputs.team_id)
            if row is None:
                return
            if inputs.user_id in row.roles:
                if self._left(session, last, member_owner(row, inputs.user_id)):
                    return
                # Others may have made a key since the list was read.
                session.keys.forget()
                refuse_to_take_out(
                    self._name(last), inputs.team_id, inputs.user_id, inputs.owner, session.keys.rows().values()
                )
            if owner_of(row.metadata) == inputs.owner:
                take_out(client, inputs.team_id, inputs.user_id)
                session.teams.forget()
                session.keys.forget()

    def _identity(self, props: Props) -> str:
        return membership_name(str(props.get("team_id", "team")), str(props.get("user_id", "user")))


def _team(client: AdminClient, what: str, inputs: MembershipInputs) -> TeamRow:
    """The team, which must be ours.

    Raises:
        NotFound: It is gone.
        Foreign: It is not ours.
    """
    row = teams.read_one(client, inputs.team_id)
    if row is None:
        raise NotFound(what, "there is no such team in LiteLLM", "make up makes it if the catalog has it")
    refuse_foreign(what, inputs.team_id, owner_of(row.metadata), inputs.owner, adopt=False)
    return row


def _live_fields(row: TeamRow, known: MembershipInputs) -> Props:
    return {
        "role": row.roles[known.user_id],
        "limits": live_parameters(known.limits, row.limits_of(known.user_id)),
        "owner": member_owner(row, known.user_id),
    }


def _still_different(session: GatewaySession, inputs: MembershipInputs) -> str | None:
    row = teams.read_one(session.client, inputs.team_id)
    if row is None or inputs.user_id not in row.roles:
        return "no such member"
    found = account.difference(inputs.model_dump(), _live_fields(row, inputs))
    if found is None:
        session.teams.put(inputs.team_id, row)
    return found


@dataclass(frozen=True, kw_only=True)
class TeamMembershipArgs:
    """What a membership needs. `limits` has LiteLLM's own field names; `adopt`: one made by hand may be taken over."""

    team_id: pulumi.Input[str]
    user_id: pulumi.Input[str]
    role: str = ROLE
    limits: Mapping[str, Any] = field(default_factory=dict)
    adopt: bool = False


class TeamMembership(Resource, module="litellm", name="TeamMembership"):
    """A user in a team; see the module."""

    def __init__(self, name: str, args: TeamMembershipArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "team_id": args.team_id,
            "user_id": args.user_id,
            "role": args.role,
            "limits": dict(args.limits),
            "adopt": args.adopt,
        }
        super().__init__(TeamMembershipProvider(), name, props, opts)
