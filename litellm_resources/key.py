"""Key: one virtual key.

Takes alias, models, limits and metadata; makes the key with a value of ours. The value is derived from a secret of the
stack, so that a run that was killed before it could save the value makes the same one again and adopts what is there.
It stays what it is in the state until `rotation` changes. The server knows only its SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource

from litellm_resources import account
from litellm_resources.admin_api import keys
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Foreign
from litellm_resources.admin_api.keys import KeyRow, token_of
from litellm_resources.adoption import refuse_foreign
from litellm_resources.key_row import KeyInputs, changes, foreign, live_fields, lost
from litellm_resources.ownership import owner_of
from litellm_resources.properties import Props, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM key"
UNLISTED = "soft_budget"
UNKNOWN_VALUE = (
    "is in LiteLLM under this alias with a value that nobody can read, so that it cannot be taken over; "
    "delete it there, or rename it in the catalog"
)


class KeyProvider(LitellmProvider):
    """Makes keys."""

    kind = KIND
    inputs_type = KeyInputs
    identity_field = "key_alias"
    replaced_by = frozenset({"key_alias", "rotation"})

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        inputs = parse(KeyInputs, _wanted)
        unknown = sorted(set(inputs.limits) - set(keys.LIMITS))
        found = [CheckFailure(f"limits.{name}", f"unknown; allowed: {', '.join(keys.LIMITS)}") for name in unknown]
        if inputs.key_type not in keys.ROUTES:
            found.append(CheckFailure("key_type", f"unknown; allowed: {', '.join(keys.ROUTES)}"))
        if not inputs.models:
            # LiteLLM takes an empty list for every model.
            found.append(CheckFailure("models", 'empty; list what the key may use, "all-proxy-models" for all'))
        return found

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(KeyInputs, wanted)
        if last:
            return None
        rows = session.keys.rows()
        if foreign(rows.values(), inputs):
            return UNKNOWN_VALUE
        if (row := rows.get(token_of(inputs.value))) is not None:
            return self._adopting(session, wanted, owner_of(row.metadata))
        if lost(rows.values(), inputs):
            session.warn_once(f"{self._name(wanted)}: is in LiteLLM with another value, will be deleted and made anew")
        return None

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(KeyInputs, wanted)
        what = self._name(wanted)
        value = str(_last.get("key") or inputs.value)
        token = token_of(value)
        with session.writing() as client:
            row = keys.read_one(client, token)
            if row is None:
                _make_way(session, client, what, inputs)
                made = {name: field for name, field in inputs.fields.items() if field is not None}
                keys.create(client, value, {**made, "key_type": inputs.key_type})
            else:
                owner = owner_of(row.metadata)
                refuse_foreign(what, inputs.key_alias, owner, inputs.owner, adopt=inputs.adopt)
                keys.change(client, token, changes(inputs, row))
            session.wait_until_seen(what, lambda: _still_different(session, inputs, token))
        return {"key": value, "token": token}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(KeyInputs, last)
        token = str(last.get("token", ""))
        row = session.keys.rows().get(token)
        if row is None:
            return None
        row = _whole(session.client, row, inputs)
        live = {**inputs_of(KeyInputs, last), **live_fields(row, inputs)}
        return Live({name: value for name, value in live.items() if value is not None})

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs, token = parse(KeyInputs, last), str(last.get("token", ""))
        with session.writing() as client:
            row = keys.read_one(client, token)
            if row is None:
                return
            if owner_of(row.metadata) != inputs.owner:
                session.warn_once(f"{self._name(last)}: left in LiteLLM, it carries no marker of this stack")
                return
            keys.delete(client, token)
            session.keys.drop(token)


def _make_way(session: GatewaySession, client: AdminClient, what: str, inputs: KeyInputs) -> None:
    """Frees the alias: a key of ours with a value that nobody knows any more is of no use to anybody.

    Raises:
        Foreign: Somebody else's key has this alias.
    """
    rows = session.keys.rows()
    if foreign(rows.values(), inputs):
        found, _, remedy = UNKNOWN_VALUE.partition("; ")
        raise Foreign(what, found, remedy)
    for row in lost(rows.values(), inputs):
        keys.delete(client, row.token)
        session.keys.drop(row.token)


def _whole(client: AdminClient, row: KeyRow, inputs: KeyInputs) -> KeyRow:
    return keys.with_soft_budget(client, row) if UNLISTED in inputs.limits else row


def _still_different(session: GatewaySession, inputs: KeyInputs, token: str) -> str | None:
    row = keys.read_one(session.client, token)
    if row is None:
        return "no such key"
    row = _whole(session.client, row, inputs)
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
        key_type: `default`, `llm_api`, `management` or `read_only`.
        limits: By LiteLLM's own field names.
        metadata: What the catalog adds.
        rotation: Another number is another value.
        adopt: A key of the derived value that carries no marker may be taken over.
    """

    key_alias: str
    models: Sequence[str]
    fingerprint_key: pulumi.Input[str]
    user_id: pulumi.Input[str] | None = None
    key_type: str = "default"
    limits: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    rotation: int = 0
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
            "key_type": args.key_type,
            "limits": dict(args.limits),
            "metadata": dict(args.metadata),
            "rotation": args.rotation,
            "adopt": args.adopt,
            # None makes them outputs that the provider fills in.
            "key": None,
            "token": None,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["key"])
        super().__init__(KeyProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
