"""Key: one virtual key.

Takes alias, models, limits and metadata; makes the key with a value of ours. The value is derived from a secret of the
stack, so that a run that was killed before it could save the value makes the same one again and adopts what is there.
It stays what it is in the state until `rotation` changes (`key_rotation.py`). The server knows only its SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource

from litellm_resources import account
from litellm_resources.admin_api import keys, soft_budgets
from litellm_resources.admin_api.keys import token_of
from litellm_resources.key_rotation import (
    begin_end,
    foretold,
    is_old,
    name_taken,
    old_key,
    own_key,
    put_aside,
    set_by_hand,
)
from litellm_resources.key_row import KeyInputs, foreign, live_fields, lost
from litellm_resources.key_writing import UNKNOWN_VALUE, settle
from litellm_resources.ownership import owner_of
from litellm_resources.properties import Props, no_models, parse, unknown_limits
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.resolver.old_keys import GRACE
from litellm_resources.session import GatewaySession

KIND = "LiteLLM key"
GIVEN_UP = (
    "rotation is {found}, but {now} is in force and a value that was given up does not come back; "
    "write {now}, or {next} for a new value"
)


class KeyProvider(LitellmProvider):
    """Makes keys."""

    kind = KIND
    inputs_type = KeyInputs
    identity_field = "key_alias"
    # A new key would begin at no spend, and an old state may know another value than the one derived now.
    replaced_by = frozenset()

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        inputs = parse(KeyInputs, _wanted)
        found = unknown_limits(inputs.limits, keys.ALL_LIMITS)
        if inputs.key_type not in keys.ROUTES:
            found.append(CheckFailure("key_type", f"unknown; allowed: {', '.join(keys.ROUTES)}"))
        if inputs.budget_id is not None and inputs.limits.get(keys.SOFT_BUDGET) is not None:
            found.append(CheckFailure("limits.soft_budget", "beside a shared budget; give it to the budget"))
        return [*found, *no_models(inputs.models, "key")]

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs, before = parse(KeyInputs, wanted), parse(KeyInputs, last) if last else None
        if before is not None and before.rotation == inputs.rotation:
            return None
        rows = session.keys.rows()
        if before is not None:
            return self._rotating(session, wanted, before)
        if foreign(rows.values(), inputs):
            return UNKNOWN_VALUE
        if (row := rows.get(token_of(inputs.value))) is not None:
            return self._adopting(session, wanted, owner_of(row.metadata))
        if lost(rows.values(), inputs):
            session.warn_once(f"{self._name(wanted)}: is in LiteLLM with another value, will be deleted and made anew")
        return None

    def _rotating(self, session: GatewaySession, wanted: Props, before: KeyInputs) -> str | None:
        """Says why there must be no rotation, else what it will do. The state's inputs do not tell which key it is."""
        inputs, rows = parse(KeyInputs, wanted), session.keys.rows().values()
        if inputs.rotation < before.rotation:
            return GIVEN_UP.format(found=inputs.rotation, now=before.rotation, next=before.rotation + 1)
        if (reason := name_taken(rows, inputs)) is not None:
            return reason
        if (row := own_key(rows, inputs)) is not None:
            session.warn_once(f"{self._name(wanted)}: {foretold(row, old_key(rows, inputs), inputs)}")
        return None

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs, what = parse(KeyInputs, wanted), self._name(wanted)
        rotated = bool(_last) and parse(KeyInputs, _last).rotation != inputs.rotation
        value = inputs.value if rotated else str(_last.get("key") or inputs.value)
        token = token_of(value)
        with session.writing() as client:
            if rotated:
                put_aside(session, client, what, inputs, str(_last.get("token")))
            settle(session, client, what, inputs, value)
            session.wait_until_seen(what, lambda: _still_different(session, inputs, token))
            old = old_key(session.keys.rows().values(), inputs)
            if old is not None and (rotated or old.expires is None):
                begin_end(session, client, what, old, inputs)
        return {"key": value, "token": token}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(KeyInputs, last)
        token = str(last.get("token", ""))
        row = session.keys.rows().get(token)
        if row is None or is_old(row):
            # A rotation that did not end: create finds what is there and goes on.
            return None
        for doubt in set_by_hand(row):
            session.warn_once(f"{self._name(last)}: {doubt}")
        return self._told(last, live_fields(row, inputs))

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs, token = parse(KeyInputs, last), str(last.get("token", ""))
        with session.writing() as client:
            row = keys.read_one(client, token)
            if row is None:
                return
            if self._left(session, last, owner_of(row.metadata)):
                return
            if (old := old_key(session.keys.rows().values(), inputs)) is not None:
                keys.delete(client, old.token)
                session.keys.drop(old.token)
            # Before the key: a run that is killed in between finds the key again, but never a row that no key has.
            if row.budget_id == inputs.soft_budget_id:
                soft_budgets.delete(client, inputs.soft_budget_id)
            keys.delete(client, token)
            session.keys.drop(token)


def _still_different(session: GatewaySession, inputs: KeyInputs, token: str) -> str | None:
    row = keys.read_one(session.client, token)
    if row is None:
        return "no such key"
    found = account.difference(inputs.model_dump(), live_fields(row, inputs))
    if found is None:
        session.keys.put(token, row)
    return found


@dataclass(frozen=True, kw_only=True)
class KeyArgs:
    """What a key needs.

    Attributes:
        key_alias: Its name, and its identity.
        models: Model names, aliases and access groups that it may use.
        fingerprint_key: Secret of the stack that the value is derived from.
        user_id: Whose key it is.
        team_id: Which team's key it is.
        budget_id: The budget that it shares with other keys; then it has no soft budget of its own.
        key_type: `default`, `llm_api`, `management` or `read_only`.
        limits: By LiteLLM's own field names.
        metadata: What the catalog adds.
        rotation: A larger number is another value; the one of before works on for the grace.
        grace: How long, as a duration of LiteLLM; `0s` is not at all.
        adopt: A key of the derived value that carries no marker may be taken over.
    """

    key_alias: str
    models: Sequence[str]
    fingerprint_key: pulumi.Input[str]
    user_id: pulumi.Input[str] | None = None
    team_id: pulumi.Input[str] | None = None
    budget_id: pulumi.Input[str] | None = None
    key_type: str = "default"
    limits: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    rotation: int = 0
    grace: str = GRACE
    adopt: bool = False


class Key(Resource, module="litellm", name="Key"):
    """A virtual key in LiteLLM; see the module. `key` is its value, a secret."""

    key: pulumi.Output[str]
    token: pulumi.Output[str]

    def __init__(self, name: str, args: KeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "key_alias": args.key_alias,
            "fingerprint_key": pulumi.Output.secret(args.fingerprint_key),
            "models": sorted(args.models),
            "user_id": args.user_id,
            "team_id": args.team_id,
            "budget_id": args.budget_id,
            "key_type": args.key_type,
            "limits": dict(args.limits),
            "metadata": dict(args.metadata),
            "rotation": args.rotation,
            "grace": args.grace,
            "adopt": args.adopt,
            # None makes them outputs that the provider fills in.
            "key": None,
            "token": None,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["key"])
        super().__init__(KeyProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
