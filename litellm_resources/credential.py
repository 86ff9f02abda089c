"""Credential: how LiteLLM reaches one interface of one provider.

Takes name, key and base URL; makes the credential in LiteLLM. Other values are written in place. LiteLLM's PATCH
removes none, so what shall hold less is a replacement: a row of another name (`credential_names.py`), which the output
`credential_name` tells and models follow; then the former row goes. Pulumi's id is the name in the catalog. What is
seen of the key, which never comes back, is in `credential_row.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, Resource

from litellm_resources import credential_names, credential_write, every_worker, former_values
from litellm_resources.admin_api import credentials
from litellm_resources.admin_api.credentials import API_KEY, CredentialRow
from litellm_resources.adoption import refuse_foreign
from litellm_resources.cascade import others_through, refuse_to_break
from litellm_resources.credential_row import (
    FINGERPRINT,
    NO_KEY,
    CredentialInputs,
    live_fields,
    to_write,
    too_many,
)
from litellm_resources.failure_log import told_plainly
from litellm_resources.ownership import fingerprint, owner_of
from litellm_resources.properties import Props, bare, inputs_of, parse, type_failures
from litellm_resources.provider import LitellmProvider, Live, in_teardown, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM credential"
IDENTITY, ROW_NAME = "identity", "credential_name"


class CredentialProvider(LitellmProvider):
    """Makes credentials."""

    kind = KIND
    inputs_type = CredentialInputs
    identity_field = ROW_NAME
    replaced_by = frozenset({ROW_NAME})
    deleted_before_replaced = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        wanted, last = bare(news), bare(_olds)
        if not type_failures(CredentialInputs, wanted):
            inputs, known = parse(CredentialInputs, wanted), parse(CredentialInputs, last) if last else None
            with told_plainly(self._name(wanted)):
                wanted = {**wanted, IDENTITY: inputs.catalog_name, ROW_NAME: self._row_name(inputs, known)}
        return super().check(_olds, wanted)

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        if parse(CredentialInputs, _wanted).values:
            return []
        return [
            CheckFailure(API_KEY, "neither api_key nor api_base is set; LiteLLM keeps no empty credential: set one")
        ]

    def completed(self, wanted: Props) -> Props:
        inputs = parse(CredentialInputs, wanted)
        key = inputs.api_key
        found = NO_KEY if key is None else fingerprint(inputs.fingerprint_key, inputs.catalog_name, key)
        return {**wanted, FINGERPRINT: found}

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(CredentialInputs, wanted)
        if last:
            return _why_not_replaceable(session, inputs, str(last[ROW_NAME]))
        row = credential_write.standing(session, inputs.credential_name)
        return None if row is None else self._adopting(session, wanted, owner_of(row.credential_info))

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(CredentialInputs, wanted)
        what = self._name(wanted)
        with session.writing() as client:
            find = session.credentials.find if _last else partial(credential_write.standing, session)
            row = find(inputs.credential_name)
            if row is not None:
                refuse_foreign(
                    what, inputs.catalog_name, owner_of(row.credential_info), inputs.owner, adopt=inputs.adopt
                )
                if surplus := too_many(inputs, row):
                    session.warn_once(f"{what}: holds {', '.join(surplus)} besides; the next up takes that out")
            written = [] if row is None else to_write(inputs, row)
            # What the state does not know is written in any case: LiteLLM may only remember it (see `write`).
            if row is not None and not written and _last:
                return {}
            credential_write.write(session, client, inputs, row)
            end = former_values.in_use_until(session)
        # Outside the lock: 1.81.12 shows a change only after up to 30 s.
        session.wait_until_seen(what, lambda: credential_write.still_different(session, inputs))
        former_values.tell(session, what, written, end)
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(CredentialInputs, last)
        return self._seen(session.credentials, last, lambda rows: _live(rows, inputs, last))

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(CredentialInputs, last)
        if session.credentials.find(inputs.credential_name) is None:
            return
        every_worker.wait_until_unused(session, inputs.credential_name)
        with session.writing() as client:
            row = session.credentials.find(inputs.credential_name)
            if row is None:
                return
            if self._left(session, last, owner_of(row.credential_info)):
                return
            # Others may have made a model since the list was read. One made by hand less than 30 s ago is missed if
            # another worker took it: what LiteLLM lists is one worker's memory.
            session.models.forget()
            refuse_to_break(self._name(last), inputs.credential_name, inputs.owner, session.models.rows().values())
            credentials.delete(client, inputs.credential_name)
            session.credentials.drop(inputs.credential_name)
            gone = former_values.only_in(row, session.credentials.rows().values(), inputs)
        former_values.tell(session, self._name(last), gone, former_values.in_use_until(session))

    def _row_name(self, inputs: CredentialInputs, last: CredentialInputs | None) -> str:
        if last is not None and (in_teardown() or credential_names.stays(inputs, last)):
            return last.credential_name
        rows = None if in_teardown() else self._asked(lambda session: session.credentials.rows())
        return credential_names.chosen(inputs, last, {} if rows is None else rows)

    def _identity(self, props: Props) -> str:
        return str(props.get(IDENTITY) or super()._identity(props))

    def _changed(self, last: Props, now: Props) -> list[str]:
        # A state of before there were other rows holds no identity.
        return [name for name in super()._changed(last, now) if name != IDENTITY]


def _why_not_replaceable(session: GatewaySession, inputs: CredentialInputs, last_name: str) -> str | None:
    """Models of others keep the former row: it could not go."""
    if inputs.credential_name == last_name:
        return None
    names = others_through(last_name, inputs.owner, session.models.rows().values())
    if not names:
        return None
    return (
        f"a value of it is to be removed, which makes another row, but models that this stack did not make use it: "
        f"{', '.join(names)}; delete these models there, or give them another credential"
    )


def _live(rows: Mapping[str, CredentialRow], inputs: CredentialInputs, last: Props) -> Live | None:
    # By the row that the state knows: the former one of a replacement must not be taken for the one that came after it.
    row = rows.get(inputs.credential_name)
    if row is None:
        return None
    live = {**inputs_of(CredentialInputs, last), **live_fields(row, inputs)}
    return Live({name: value for name, value in live.items() if value is not None})


@dataclass(frozen=True, kw_only=True)
class CredentialArgs:
    """What a credential needs.

    Attributes:
        credential_name: Its name in the catalog, and its identity.
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
    """A credential in LiteLLM; see the module. `credential_name` is what models use, the name of its row."""

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
