"""What this stack made in LiteLLM and neither the catalog nor the state knows.

Takes a pulumi that is ready; gives the rows that can go and those that stay with the reason, and removes the former.
The same rules as the Leftovers resource's, which is part of an `up`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from litellm_resources import live_tables
from litellm_resources.leftover_rows import Row, declared_by, held, undeclared
from litellm_resources.session import GatewaySession
from operations import catalog_folder, gateway, state, unmanaged
from operations.setup import Ready

RESOURCE = "pulumi-python:dynamic/litellm:"


@dataclass(frozen=True)
class Leftovers:
    """Rows with this stack's marker that the catalog does not declare.

    Attributes:
        session: With the gateway.
        going: Those that can go, in the order of removal.
        kept: Those that others would lose something with, by label, and what.
        for_up: The labels of those that the state knows: the next `up` removes them, after what leads to them.
    """

    session: GatewaySession
    going: list[Row]
    kept: Mapping[str, list[str]]
    for_up: list[str]

    def kept_in_words(self, for_make: str) -> Iterator[str]:
        """What stays, and why."""
        for label, needing in self.kept.items():
            yield f"kept: {label}: as long as these stay: {', '.join(needing)}"
        if self.for_up:
            yield f"left to make up{for_make}, as the state knows them: {', '.join(self.for_up)}"


def look(ready: Ready) -> Leftovers:
    """Compares what is there with catalog and state.

    Raises:
        AdminApiError: LiteLLM cannot be asked.
        CatalogError: The catalog has mistakes: nothing counts as left over by them.
    """
    declared = declared_by(catalog_folder.read(ready).resolved)
    known = in_state(state.deployment(ready.pulumi))
    session = gateway.session(ready.pulumi)
    return left_over(session, unmanaged.owner(ready.pulumi), declared, known)


def left_over(
    session: GatewaySession, owner: str, declared: Mapping[str, list[str]], known: Mapping[str, list[str]]
) -> Leftovers:
    """Parts the owner's undeclared rows into what can go and what stays."""
    rows = live_tables.every_row(session)
    found = live_tables.certain(session, undeclared(rows, owner, declared, {}))
    unknown = undeclared(found, owner, declared, known)
    kept = held(rows, unknown)
    going = [row for row in unknown if row.label not in kept]
    return Leftovers(session, going, kept, list(dict.fromkeys(row.label for row in found if row not in unknown)))


def in_state(deployment: object) -> dict[str, list[str]]:
    """The identities of the LiteLLM objects that a state holds, by kind: the id of a resource is its identity."""
    kinds = {kind.replace(" ", "").lower(): kind for kind in live_tables.TABLES}
    found: dict[str, list[str]] = {}
    for resource in state.resources(deployment):
        token = str(resource.get("type"))
        kind = kinds.get(token.removeprefix(RESOURCE).lower()) if token.startswith(RESOURCE) else None
        if kind is not None:
            found.setdefault(kind, []).append(str(resource.get("id")))
    return found


def remove(found: Leftovers) -> list[Row]:
    """Removes what can go, of it what still carries the marker; gives what went."""
    session = found.session
    with session.writing() as client:
        session.forget_lists()
        rows = live_tables.every_row(session)
        marked = {(row.kind, row.row_id) for row in rows if row.owner == found.going[0].owner}
        going = [row for row in found.going if (row.kind, row.row_id) in marked]
        live_tables.delete(client, rows, going)
    return going
