"""Leftovers: what a killed run made in LiteLLM and no program declares any more; nothing shall be left over.

Takes the identities that the program declares; removes this stack's rows of all others, which no resource knows and
which would be served for ever. Registered last, so that everything declared is there. `check` lists the rows, as only
it knows the last program's declarations (what those name and the new ones do not, Pulumi deletes itself) and the new
ones: a preview shows them under `remove`. The state's inputs follow the program without a change being reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, ReadResult, Resource
from pydantic import Field

from litellm_resources import live_tables
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.failure_log import told_plainly
from litellm_resources.leftover_rows import CREDENTIAL, Row, held, undeclared
from litellm_resources.properties import Props, ProviderInputs, bare, is_unknown, parse
from litellm_resources.provider import LitellmProvider, in_teardown, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM"
IDENTITY = "leftovers"
REMOVE = "remove"
BY_ROW = (CREDENTIAL,)


class LeftoversInputs(ProviderInputs):
    """What is declared, identities by kind, and what is to be removed, as `<kind> <identity>`."""

    declared: dict[str, list[str]]
    remove: list[str] = Field(default_factory=list)


class LeftoversProvider(LitellmProvider):
    """Removes what is left over; nothing in LiteLLM stands for this resource itself."""

    kind = KIND
    inputs_type = LeftoversInputs
    identity_field = IDENTITY
    replaced_by = frozenset()

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        checked, wanted, last = super().check(_olds, news), bare(news), bare(_olds)
        if checked.failures or is_unknown(wanted) or in_teardown():
            return checked
        with told_plainly(self._name(wanted)):
            found = self._asked(lambda session: _left_over(session, wanted, last))
        return CheckResult({**checked.inputs, REMOVE: found or []}, [])

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        """Gives no reason: what is not ours is never listed."""

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(LeftoversInputs, wanted)
        if inputs.remove:
            with session.writing() as client:
                _remove(session, client, inputs)
        return {REMOVE: []}

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        # Giving no inputs leaves those of the last program in the state, which `check` compares with.
        return ReadResult(id_, bare(props))

    def remove(self, session: GatewaySession, last: Props) -> None:
        """Does nothing: that a program stops asking makes nothing left over."""


def _left_over(session: GatewaySession, wanted: Props, last: Props) -> list[str]:
    inputs = parse(LeftoversInputs, wanted)
    before = parse(LeftoversInputs, last).declared if last else {}
    rows = live_tables.every_row(session)
    found = undeclared(rows, inputs.owner, inputs.declared, before, by_row=BY_ROW)
    going = _without_held(session, rows, live_tables.certain(session, found))
    return list(dict.fromkeys(row.label for row in going))


def _remove(session: GatewaySession, client: AdminClient, inputs: LeftoversInputs) -> None:
    """Removes what `check` named, of what carries the marker and is declared by nobody right now."""
    session.forget_lists()
    rows = live_tables.every_row(session)
    found = undeclared(rows, inputs.owner, inputs.declared, {}, by_row=BY_ROW)
    going = _without_held(
        session, rows, live_tables.certain(session, [row for row in found if row.label in inputs.remove])
    )
    live_tables.delete(client, rows, going)
    session.forget_lists()
    over = [row for row in going if row.ended]
    for why, rows in (
        ("left over from a run that did not end", [row for row in going if row not in over]),
        ("rotated away and past its end", over),
    ):
        if rows:
            session.warn_once(f"{KIND}: removed what was {why}: {', '.join(dict.fromkeys(row.label for row in rows))}")


def _without_held(session: GatewaySession, rows: list[Row], going: list[Row]) -> list[Row]:
    """Takes out, and tells, what others would lose something with."""
    reasons = held(rows, going)
    for label, needing in reasons.items():
        session.warn_once(f"{KIND} {label}: left over, but kept as long as these stay: {', '.join(needing)}")
    return [row for row in going if row.label not in reasons]


@dataclass(frozen=True, kw_only=True)
class LeftoversArgs:
    """What is not left over: by kind the identities of what the program declares, of a credential its row's name."""

    declared: Mapping[str, Iterable[pulumi.Input[str]]]


class Leftovers(Resource, module="litellm", name="Leftovers"):
    """What shall not be in LiteLLM any more; see the module. It depends on every other LiteLLM resource."""

    def __init__(self, name: str, args: LeftoversArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "declared": {kind: pulumi.Output.all(*names).apply(sorted) for kind, names in args.declared.items()},
            REMOVE: [],
        }
        super().__init__(LeftoversProvider(), name, props, opts)
