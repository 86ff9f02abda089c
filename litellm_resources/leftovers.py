"""Leftovers: what a killed run made in LiteLLM and no program declares any more; nothing shall be left over.

Takes the identities that the program declares; removes this stack's rows of all others, which no resource knows and
which would be served for ever. Registered last, so that everything declared is there. `check` lists the rows, as only
it knows the last program's declarations (what those name and the new ones do not, Pulumi deletes itself) and the new
ones: a preview shows them under `remove`. The state's inputs follow the program without a change being reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi
from pulumi.dynamic import CheckResult, ReadResult, Resource

from litellm_resources.admin_api import credentials, keys, models, users
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.failure_log import told_plainly
from litellm_resources.leftover_rows import (
    CREDENTIAL,
    KEY,
    MODEL,
    USER,
    LeftoversInputs,
    Row,
    held,
    of_credential,
    of_key,
    of_model,
    of_user,
    undeclared,
)
from litellm_resources.properties import Props, bare, is_unknown, parse
from litellm_resources.provider import LitellmProvider, in_teardown, owner_now
from litellm_resources.session import GatewaySession
from litellm_resources.shared_list import SharedList

KIND = "LiteLLM"
IDENTITY = "leftovers"
REMOVE = "remove"

Listed = TypeVar("Listed")


@dataclass(frozen=True)
class Table:
    """Where rows of one kind are listed, whether every worker lists one, and how one is removed, by its id."""

    rows: Callable[[GatewaySession], Iterable[Row]]
    everywhere: Callable[[GatewaySession, str], bool]
    delete: Callable[[AdminClient, str], None]


def _table(
    shared: Callable[[GatewaySession], SharedList[Listed]],
    row_of: Callable[[Listed], Row],
    delete: Callable[[AdminClient, str], None],
) -> Table:
    return Table(
        rows=lambda session: map(row_of, shared(session).rows().values()),
        everywhere=lambda session, row_id: shared(session).everywhere(row_id),
        delete=delete,
    )


# In the order of removal: a key before its user, a model before its credential.
TABLES: Mapping[str, Table] = {
    KEY: _table(lambda session: session.keys, of_key, keys.delete),
    USER: _table(lambda session: session.users, of_user, users.delete),
    MODEL: _table(lambda session: session.models, of_model, models.delete),
    CREDENTIAL: _table(lambda session: session.credentials, of_credential, credentials.delete),
}


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
    rows = _rows(session)
    found = undeclared(rows, inputs.owner, inputs.declared, before)
    going = _without_held(session, rows, _certain(session, found))
    return list(dict.fromkeys(row.label for row in going))


def _remove(session: GatewaySession, client: AdminClient, inputs: LeftoversInputs) -> None:
    """Removes what `check` named, of what carries the marker and is declared by nobody right now."""
    session.forget_lists()
    rows = _rows(session)
    found = undeclared(rows, inputs.owner, inputs.declared, {})
    going = _without_held(session, rows, _certain(session, [row for row in found if row.label in inputs.remove]))
    for row in going:
        TABLES[row.kind].delete(client, row.row_id)
    session.forget_lists()
    if going:
        labels = ", ".join(dict.fromkeys(row.label for row in going))
        session.warn_once(f"{KIND}: removed what was left over from a run that did not end: {labels}")


def _certain(session: GatewaySession, found: list[Row]) -> list[Row]:
    """Those that are there: what Pulumi just removed some worker still lists."""
    return [row for row in found if TABLES[row.kind].everywhere(session, row.row_id)]


def _without_held(session: GatewaySession, rows: list[Row], going: list[Row]) -> list[Row]:
    """Takes out, and tells, what others would lose something with; a team is always made by others.

    A model that others made less than 30 s ago is missed if another worker took it: a list is one worker's memory.
    """
    reasons = held(rows, going)
    for row in going:
        if row.kind == USER and (teams := users.read_teams(session.client, row.row_id)):
            reasons.setdefault(row.label, []).extend(f"team {name}" for name in teams)
    for label, needing in reasons.items():
        session.warn_once(f"{KIND} {label}: left over, but kept as long as these stay: {', '.join(needing)}")
    return [row for row in going if row.label not in reasons]


def _rows(session: GatewaySession) -> list[Row]:
    return [row for table in TABLES.values() for row in table.rows(session)]


@dataclass(frozen=True, kw_only=True)
class LeftoversArgs:
    """What is not left over: the identities of all that the program declares, by kind."""

    declared: Mapping[str, Iterable[str]]


class Leftovers(Resource, module="litellm", name="Leftovers"):
    """What shall not be in LiteLLM any more; see the module. It depends on every other LiteLLM resource."""

    def __init__(self, name: str, args: LeftoversArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "declared": {kind: sorted(names) for kind, names in args.declared.items()},
            REMOVE: [],
        }
        super().__init__(LeftoversProvider(), name, props, opts)
