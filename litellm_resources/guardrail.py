"""Guardrail: what LiteLLM looks at before or after a model.

Takes name and parameters; makes the guardrail, always in place: a write replaces all of it. Its key comes back masked
only, so a keyed hash of it is noted in `guardrail_info`. Of the parameters only those that we declare are compared:
LiteLLM shows a hundred more, with its defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import Resource
from pydantic import JsonValue

from litellm_resources.account import difference
from litellm_resources.admin_api import guardrails
from litellm_resources.admin_api.guardrails import GuardrailRow
from litellm_resources.adoption import refuse_foreign
from litellm_resources.comparison import live_declared
from litellm_resources.ownership import fingerprint, marker, noted, owner_of, without_marker
from litellm_resources.properties import Props, ProviderInputs, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM guardrail"
API_KEY = "api_key"
FINGERPRINT = "api_key_fingerprint"
NO_KEY = "(no key)"
UNKNOWN_KEY = "(unknown)"


class GuardrailInputs(ProviderInputs):
    """A guardrail as wanted; `litellm_params` without its key."""

    guardrail_name: str
    litellm_params: dict[str, JsonValue]
    fingerprint_key: str
    api_key: str | None = None
    api_key_fingerprint: str = NO_KEY
    adopt: bool = False

    @property
    def parameters(self) -> dict[str, JsonValue]:
        """What is written."""
        return {**self.litellm_params, **({} if self.api_key is None else {API_KEY: self.api_key})}

    def info(self, others: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """The marker, beside what somebody else noted there."""
        return {**others, **marker(self.owner, self.guardrail_name, fingerprint=self.api_key_fingerprint)}


class GuardrailProvider(LitellmProvider):
    """Makes guardrails."""

    kind = KIND
    inputs_type = GuardrailInputs
    identity_field = "guardrail_name"
    replaced_by = frozenset({"guardrail_name"})

    def completed(self, wanted: Props) -> Props:
        inputs = parse(GuardrailInputs, wanted)
        key = inputs.api_key
        found = NO_KEY if key is None else fingerprint(inputs.fingerprint_key, inputs.guardrail_name, key)
        return {**wanted, FINGERPRINT: found}

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        row = None if last else _named(session, parse(GuardrailInputs, wanted))
        return None if row is None else self._adopting(session, wanted, owner_of(row.guardrail_info))

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(GuardrailInputs, wanted)
        name = inputs.guardrail_name
        with session.writing() as client:
            session.guardrails.forget()
            row = _named(session, inputs)
            if row is None:
                guardrails.create(client, name, inputs.parameters, inputs.info({}))
            else:
                owner = owner_of(row.guardrail_info)
                refuse_foreign(self._name(wanted), name, owner, inputs.owner, adopt=inputs.adopt)
                info = inputs.info(without_marker(row.guardrail_info))
                guardrails.replace(client, row.guardrail_id, name, inputs.parameters, info)
            session.wait_until_seen(self._name(wanted), lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(GuardrailInputs, last)
        row = _named(session, inputs)
        return None if row is None else Live({**inputs_of(GuardrailInputs, last), **_live_fields(row, inputs)})

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(GuardrailInputs, last)
        with session.writing() as client:
            session.guardrails.forget()
            row = _named(session, inputs)
            if row is None:
                return
            if self._left(session, last, owner_of(row.guardrail_info)):
                return
            guardrails.delete(client, row.guardrail_id)
            session.guardrails.drop(row.guardrail_id)


def _named(session: GatewaySession, inputs: GuardrailInputs) -> GuardrailRow | None:
    rows = session.guardrails.rows().values()
    return next((row for row in rows if row.guardrail_name == inputs.guardrail_name), None)


def _live_fields(row: GuardrailRow, known: GuardrailInputs) -> Props:
    shown = row.litellm_params
    has_key = shown.get(API_KEY) is not None
    return {
        "litellm_params": live_declared(known.litellm_params, shown),
        FINGERPRINT: (noted(row.guardrail_info, "fingerprint") or UNKNOWN_KEY) if has_key else NO_KEY,
        "owner": owner_of(row.guardrail_info),
    }


def _still_different(session: GatewaySession, inputs: GuardrailInputs) -> str | None:
    session.guardrails.forget()
    row = _named(session, inputs)
    return "no such guardrail" if row is None else difference(inputs.model_dump(), _live_fields(row, inputs))


@dataclass(frozen=True, kw_only=True)
class GuardrailArgs:
    """What a guardrail needs.

    Attributes:
        guardrail_name: Its name, and its identity.
        litellm_params: Its kind (`guardrail`), `mode`, `default_on` and what that kind needs; no secret.
        fingerprint_key: Secret of the stack that keys the hash of `api_key`.
        api_key: The secret of the service behind it.
        adopt: A guardrail of this name made by hand may be taken over.
    """

    guardrail_name: str
    litellm_params: Mapping[str, Any]
    fingerprint_key: pulumi.Input[str]
    api_key: pulumi.Input[str] | None = None
    adopt: bool = False


class Guardrail(Resource, module="litellm", name="Guardrail"):
    """A guardrail in LiteLLM; see the module."""

    guardrail_name: pulumi.Output[str]

    def __init__(self, name: str, args: GuardrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "guardrail_name": args.guardrail_name,
            "litellm_params": dict(args.litellm_params),
            "fingerprint_key": pulumi.Output.secret(args.fingerprint_key),
            "adopt": args.adopt,
        }
        if args.api_key is not None:
            props[API_KEY] = pulumi.Output.secret(args.api_key)
        super().__init__(GuardrailProvider(), name, props, opts)
