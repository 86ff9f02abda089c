"""User: one internal user of LiteLLM.

Takes id, role, models, limits and metadata; makes the user, always in place, because deleting one deletes the user's
keys. What null does not take away gets a value of no effect; and a user who has keys or teams that others made is not
deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource
from pydantic import Field, JsonValue

from litellm_resources import account
from litellm_resources.admin_api import users
from litellm_resources.admin_api.users import UserRow
from litellm_resources.adoption import refuse_foreign
from litellm_resources.cascade import refuse_to_take_along
from litellm_resources.ownership import marker, owner_of
from litellm_resources.properties import Props, ProviderInputs, no_models, parse, unknown_limits
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession
from litellm_resources.team_marks import others_teams

KIND = "LiteLLM user"
UNLISTED = "max_parallel_requests"


class UserInputs(ProviderInputs):
    """A user as wanted; `models` in order of their names."""

    user_id: str
    user_role: str
    models: list[str]
    user_email: str | None = None
    user_alias: str | None = None
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    adopt: bool = False

    @property
    def fields(self) -> dict[str, JsonValue]:
        """What a create and an update both take."""
        return {
            "user_id": self.user_id,
            "user_role": self.user_role,
            "user_email": self.user_email,
            "user_alias": self.user_alias,
            "models": list[JsonValue](self.models),
            "metadata": {**self.metadata, **marker(self.owner, self.user_id)},
            **self.limits,
        }

    def changes(self, row: UserRow, by_null: Collection[str]) -> dict[str, JsonValue]:
        """The body of an update, which passes over a null in place of an address or a name, but not over no text."""
        texts: dict[str, JsonValue] = {"user_email": self.user_email or "", "user_alias": self.user_alias or ""}
        return {**self.fields, **texts, **account.cleared(users.LIMITS, self.limits, row.limits, by_null)}


class UserProvider(LitellmProvider):
    """Makes users."""

    kind = KIND
    inputs_type = UserInputs
    identity_field = "user_id"
    replaced_by = frozenset({"user_id"})

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        inputs = parse(UserInputs, _wanted)
        found = unknown_limits(inputs.limits, users.LIMITS)
        return [*found, *no_models(inputs.models, "user")]

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(UserInputs, wanted)
        row = None if last else session.users.rows().get(inputs.user_id)
        return None if row is None else self._adopting(session, wanted, owner_of(row.metadata))

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(UserInputs, wanted)
        with session.writing() as client:
            row = users.read_one(client, inputs.user_id)
            if row is None:
                users.create(client, {name: value for name, value in inputs.fields.items() if value is not None})
            else:
                what, owner = self._name(wanted), owner_of(row.metadata)
                refuse_foreign(what, inputs.user_id, owner, inputs.owner, adopt=inputs.adopt)
                users.change(client, inputs.changes(row, client.differences.user_limits_cleared))
            session.wait_until_seen(self._name(wanted), lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(UserInputs, last)
        row = session.users.rows().get(inputs.user_id)
        if row is not None and UNLISTED in inputs.limits and getattr(row, UNLISTED) is None:
            row = users.read_one(session.client, inputs.user_id)
        if row is None:
            return None
        return self._told(last, _live_fields(row, inputs))

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(UserInputs, last)
        with session.writing() as client:
            row = users.read_one(client, inputs.user_id)
            if row is None:
                return
            if self._left(session, last, owner_of(row.metadata)):
                return
            # Others may have made a key or a member since the lists were read.
            session.keys.forget()
            session.teams.forget()
            teams = others_teams(session.teams.rows().values(), inputs.user_id, inputs.owner)
            refuse_to_take_along(self._name(last), inputs.user_id, inputs.owner, session.keys.rows().values(), teams)
            users.delete(client, inputs.user_id)
            session.users.drop(inputs.user_id)
            session.keys.forget()
            session.teams.forget()


def _live_fields(row: UserRow, known: UserInputs) -> Props:
    return {
        "user_email": row.user_email or None,
        "user_alias": row.user_alias or None,
        "user_role": row.user_role,
        "models": list[JsonValue](sorted(row.models or [])),
        "limits": account.live_limits(known.limits, row.limits),
        "metadata": account.live_metadata(known.metadata, row.metadata),
        "owner": owner_of(row.metadata),
    }


def _still_different(session: GatewaySession, inputs: UserInputs) -> str | None:
    row = users.read_one(session.client, inputs.user_id)
    if row is None:
        return "no such user"
    found = account.difference(inputs.model_dump(), _live_fields(row, inputs))
    if found is None:
        session.users.put(inputs.user_id, row)
    return found


@dataclass(frozen=True, kw_only=True)
class UserArgs:
    """What a user needs. `limits` holds LiteLLM's own field names; `adopt`: one made by hand may be taken over."""

    user_id: str
    user_role: str
    models: Sequence[str]
    user_email: str | None = None
    user_alias: str | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    adopt: bool = False


class User(Resource, module="litellm", name="User"):
    """A user in LiteLLM; see the module."""

    user_id: pulumi.Output[str]

    def __init__(self, name: str, args: UserArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "user_id": args.user_id,
            "user_role": args.user_role,
            "models": sorted(args.models),
            "user_email": args.user_email,
            "user_alias": args.user_alias,
            "limits": dict(args.limits),
            "metadata": dict(args.metadata),
            "adopt": args.adopt,
        }
        super().__init__(UserProvider(), name, props, opts)
