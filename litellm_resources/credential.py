"""Credential: how LiteLLM reaches one interface of one provider.

Takes name, key and base URL; makes the credential in LiteLLM. LiteLLM's PATCH removes no value; when one goes, the
credential is deleted and made anew, and requests through it fail for that moment. What is seen of the key, which never
comes back, is in `credential_row.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource
from pydantic import JsonValue

from litellm_resources.admin_api import credentials
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.credentials import API_KEY, CredentialRow
from litellm_resources.admin_api.errors import AlreadyExists, ServerFailed
from litellm_resources.adoption import refuse_foreign
from litellm_resources.cascade import refuse_to_break
from litellm_resources.credential_row import (
    CUSTOM_PROVIDER,
    FINGERPRINT,
    NO_KEY,
    CredentialInputs,
    differences,
    live_fields,
)
from litellm_resources.ownership import fingerprint, owner_of, without_marker
from litellm_resources.properties import Props, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM credential"


class CredentialProvider(LitellmProvider):
    """Makes credentials."""

    kind = KIND
    inputs_type = CredentialInputs
    identity_field = "credential_name"
    replaced_by = frozenset({"credential_name"})

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        if parse(CredentialInputs, _wanted).values:
            return []
        return [
            CheckFailure(API_KEY, "neither api_key nor api_base is set; LiteLLM keeps no empty credential: set one")
        ]

    def completed(self, wanted: Props) -> Props:
        inputs = parse(CredentialInputs, wanted)
        key = inputs.api_key
        found = NO_KEY if key is None else fingerprint(inputs.fingerprint_key, inputs.credential_name, key)
        return {**wanted, FINGERPRINT: found}

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(CredentialInputs, wanted)
        row = None if last else _standing(session, inputs.credential_name)
        return None if row is None else self._adopting(session, wanted, owner_of(row.credential_info))

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(CredentialInputs, wanted)
        with session.writing() as client:
            find = session.credentials.find if _last else partial(_standing, session)
            row = find(inputs.credential_name)
            if row is not None:
                owner, name = owner_of(row.credential_info), inputs.credential_name
                refuse_foreign(self._name(wanted), name, owner, inputs.owner, adopt=inputs.adopt)
            if row is not None and not differences(inputs, row):
                return {}
            _write(session, client, inputs, row)
        # Outside the lock: 1.81.12 shows a change only after up to 30 s.
        session.wait_until_seen(self._name(wanted), lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(CredentialInputs, last)
        return self._seen(session.credentials, last, lambda rows: _live(rows, inputs, last))

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(CredentialInputs, last)
        with session.writing() as client:
            row = session.credentials.find(inputs.credential_name)
            if row is None:
                return
            if owner_of(row.credential_info) != inputs.owner:
                session.warn_once(f"{self._name(last)}: left in LiteLLM, it carries no marker of this stack")
                return
            # Others may have made a model since the list was read. One made by hand less than 30 s ago is missed if
            # another worker took it: what LiteLLM lists is one worker's memory.
            session.models.forget()
            refuse_to_break(self._name(last), inputs.credential_name, inputs.owner, session.models.rows().values())
            credentials.delete(client, inputs.credential_name)
            session.credentials.drop(inputs.credential_name)


def _standing(session: GatewaySession, name: str) -> CredentialRow | None:
    """What is there although the state does not know it; one that was just removed is not."""
    row = session.credentials.rows().get(name)
    return row if row is not None and session.credentials.everywhere(name) else None


def _live(rows: Mapping[str, CredentialRow], inputs: CredentialInputs, last: Props) -> Live | None:
    row = rows.get(inputs.credential_name)
    if row is None:
        return None
    live = {**inputs_of(CredentialInputs, last), **live_fields(row, inputs)}
    return Live({name: value for name, value in live.items() if value is not None})


def _write(session: GatewaySession, client: AdminClient, inputs: CredentialInputs, row: CredentialRow | None) -> None:
    others = without_marker(row.credential_info if row else {})
    others.pop(CUSTOM_PROVIDER, None)
    info = inputs.info(others)
    if row is not None and set(row.credential_values) - set(inputs.values):
        credentials.delete(client, inputs.credential_name)
        row = None
    if row is None:
        _create(session, client, inputs, info)
    else:
        credentials.change(client, inputs.credential_name, inputs.values, info)


def _create(session: GatewaySession, client: AdminClient, inputs: CredentialInputs, info: dict[str, JsonValue]) -> None:
    try:
        credentials.create(client, inputs.credential_name, inputs.values, info)
    except (AlreadyExists, ServerFailed):
        # A run that was killed a moment ago may have made it through another worker: this one does not list it yet.
        session.credentials.forget()
        made = session.credentials.find(inputs.credential_name)
        if made is None or owner_of(made.credential_info) != inputs.owner:
            raise
        credentials.change(client, inputs.credential_name, inputs.values, info)


def _still_different(session: GatewaySession, inputs: CredentialInputs) -> str | None:
    session.credentials.forget()
    row = session.credentials.rows().get(inputs.credential_name)
    if row is None:
        return "no such credential"
    return ", ".join(differences(inputs, row)) or None


@dataclass(frozen=True, kw_only=True)
class CredentialArgs:
    """What a credential needs.

    Attributes:
        credential_name: Its name, and its identity.
        fingerprint_key: Secret of the stack that keys the hash of `api_key`.
        api_key: The provider's key, a secret.
        api_base: Base URL; None leaves it to LiteLLM.
        custom_llm_provider: LiteLLM's name of the kind of provider.
        adopt: A credential of this name made by hand may be taken over.
    """

    credential_name: str
    fingerprint_key: pulumi.Input[str]
    api_key: pulumi.Input[str] | None = None
    api_base: pulumi.Input[str] | None = None
    custom_llm_provider: pulumi.Input[str] | None = None
    adopt: bool = False


class Credential(Resource, module="litellm", name="Credential"):
    """A credential in LiteLLM; see the module."""

    credential_name: pulumi.Output[str]

    def __init__(self, name: str, args: CredentialArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "credential_name": args.credential_name,
            "fingerprint_key": pulumi.Output.secret(args.fingerprint_key),
            "api_base": args.api_base,
            "custom_llm_provider": args.custom_llm_provider,
            "other_values": [],
            "adopt": args.adopt,
        }
        if args.api_key is not None:
            props["api_key"] = pulumi.Output.secret(args.api_key)
        super().__init__(CredentialProvider(), name, props, opts)
