"""Team: users who share models and limits.

Takes id, name, models, limits and metadata; makes the team, always in place, because deleting one deletes its keys. A
team that has keys or members that others made is not deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource

from litellm_resources import account
from litellm_resources.admin_api import teams
from litellm_resources.adoption import refuse_foreign
from litellm_resources.cascade import refuse_to_dissolve
from litellm_resources.ownership import owner_of
from litellm_resources.properties import Props, no_models, parse, unknown_limits
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession
from litellm_resources.team_marks import SEPARATOR, others_members
from litellm_resources.team_row import TeamInputs, live_fields

KIND = "LiteLLM team"


class TeamProvider(LitellmProvider):
    """Makes teams."""

    kind = KIND
    inputs_type = TeamInputs
    identity_field = "team_id"
    replaced_by = frozenset({"team_id"})

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        inputs = parse(TeamInputs, _wanted)
        found = unknown_limits(inputs.limits, teams.LIMITS)
        if SEPARATOR in inputs.team_id:
            found.append(CheckFailure("team_id", f"with {SEPARATOR!r} in it, which stands between team and member"))
        return [*found, *no_models(inputs.models, "team")]

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(TeamInputs, wanted)
        row = None if last else session.teams.rows().get(inputs.team_id)
        return None if row is None else self._adopting(session, wanted, owner_of(row.metadata))

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(TeamInputs, wanted)
        what = self._name(wanted)
        with session.writing() as client:
            row = teams.read_one(client, inputs.team_id)
            if row is None:
                made = {name: value for name, value in inputs.fields(None).items() if value is not None}
                teams.create(client, made)
            else:
                refuse_foreign(what, inputs.team_id, owner_of(row.metadata), inputs.owner, adopt=inputs.adopt)
                if inputs.must_lose_soft_budget(row):
                    teams.change(client, {"team_id": inputs.team_id, "soft_budget": None})
                teams.change(client, inputs.fields(row))
            session.wait_until_seen(what, lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(TeamInputs, last)
        row = session.teams.rows().get(inputs.team_id)
        if row is None:
            return None
        return self._told(last, live_fields(row, inputs))

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(TeamInputs, last)
        with session.writing() as client:
            row = teams.read_one(client, inputs.team_id)
            if row is None:
                return
            if self._left(session, last, owner_of(row.metadata)):
                return
            # Others may have made a key since the list was read.
            session.keys.forget()
            keys = [key for key in session.keys.rows().values() if key.team_id == inputs.team_id]
            refuse_to_dissolve(self._name(last), inputs.owner, keys, others_members(row, inputs.owner))
            teams.delete(client, inputs.team_id)
            session.teams.drop(inputs.team_id)
            session.keys.forget()


def _still_different(session: GatewaySession, inputs: TeamInputs) -> str | None:
    row = teams.read_one(session.client, inputs.team_id)
    if row is None:
        return "no such team"
    found = account.difference(inputs.model_dump(), live_fields(row, inputs))
    if found is None:
        session.teams.put(inputs.team_id, row)
    return found


@dataclass(frozen=True, kw_only=True)
class TeamArgs:
    """What a team needs. `limits` holds LiteLLM's own field names; `adopt`: one made by hand may be taken over."""

    team_id: str
    team_alias: str
    models: Sequence[str]
    limits: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    adopt: bool = False


class Team(Resource, module="litellm", name="Team"):
    """A team in LiteLLM; see the module."""

    team_id: pulumi.Output[str]

    def __init__(self, name: str, args: TeamArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "team_id": args.team_id,
            "team_alias": args.team_alias,
            "models": sorted(args.models),
            "limits": dict(args.limits),
            "metadata": dict(args.metadata),
            "adopt": args.adopt,
        }
        super().__init__(TeamProvider(), name, props, opts)
