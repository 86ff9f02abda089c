"""The record of whose the router settings are, kept beside them: credentials that nothing uses, with our marker.

Takes a session, an owner and names; says who owns the row and what in it was once ours, and writes that down.
Credentials, because LiteLLM's database takes a name once only, `credential_info` holds any JSON, every refresh reads
the list already, and no request ever sees them (ADR 0018). Their marker has no identity: so they are never left over.
One says who owns the row and never changes. The names stand in another, beside which the next one is made before it
goes: no moment at which a run is killed loses a name, and 1.81.12 would show a changed one only 30 s later.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping

from pydantic import JsonValue

from litellm_resources.admin_api import credentials
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.admin_api.errors import AlreadyExists, Foreign, ServerFailed
from litellm_resources.ownership import NOBODY, OURS, marker, owner_of
from litellm_resources.router_names import Known, together
from litellm_resources.session import GatewaySession

WHAT = "router settings"
RECORD = "llmproxy-router-settings"
# Where in the marker of a list its names stand.
OWNED = "router_settings"
LISTS = f"{RECORD}~"
# LiteLLM takes no credential without a value.
VALUES: Mapping[str, JsonValue] = {"note": "says whose the router settings are; nothing uses it"}

Listed = Mapping[str, CredentialRow]


def is_part(row: CredentialRow) -> bool:
    """Whether this credential is of a record: nobody's to take over, and no provider's."""
    return row.credential_name == RECORD or row.credential_name.startswith(LISTS)


def shown(listed: Listed, owner: str) -> str | None:
    """What stands for our record in the state: its name, None without one; what a killed run left of it is neither."""
    ours, lists = RECORD in listed and _owns(listed[RECORD], owner), _lists(listed, owner)
    if RECORD in listed and not ours:
        # What is left of ours does not count: whoever has the name owns the row.
        return None
    if ours and len(lists) == 1:
        return RECORD
    return f"{RECORD}, not whole" if ours or lists else None


def why_not_ours(session: GatewaySession, owner: str) -> str | None:
    """Says who owns the router settings if it is somebody else; None when they are free or ours."""
    return session.credentials.agreed(lambda listed: _foreign(listed, owner), bool)


def owned(session: GatewaySession, owner: str) -> Known:
    """The names in the row, by section, that our record holds; nothing when it is not there."""
    lists = session.credentials.agreed(lambda listed: _lists(listed, owner), lambda found: not found)
    return together(*lists.values())


def recorded(session: GatewaySession) -> tuple[str, Known]:
    """Whose the record says the router settings are, and the names by section."""
    listed = session.credentials.rows()
    owner = owner_of(listed[RECORD].credential_info if RECORD in listed else None)
    return owner, together(*_lists(listed, owner).values())


def write(session: GatewaySession, client: AdminClient, owner: str, names: Known) -> None:
    """Writes down what is ours in the row, before the row is written.

    Raises:
        Foreign: The router settings are another stack's.
    """
    # One worker may still list what a run just before has removed.
    if session.credentials.everywhere(RECORD) or not _make(session, client, RECORD, marker(owner, "")):
        # Whichever worker shows it: the others may not know yet that somebody else has taken it.
        row = session.credentials.find(RECORD)
        if row is not None and (reason := _foreign({RECORD: row}, owner)) is not None:
            found, _, remedy = reason.partition("; ")
            raise Foreign(WHAT, found, remedy)
    if _list(session, owner, lambda known: _covers(known, names)) is None:
        _make_list(session, client, owner, names)


def settle(session: GatewaySession, client: AdminClient, owner: str, names: Known) -> None:
    """Leaves these names in the record and no others, once the row has been written."""
    kept = _list(session, owner, lambda known: together(known) == together(names))
    former = _names_of_lists(session, owner) - {kept}
    if kept is None:
        _make_list(session, client, owner, names)
    _delete(session, client, former)


def remove(session: GatewaySession, client: AdminClient, owner: str) -> None:
    """Gives the router settings up, if they are ours."""
    _delete(session, client, _names_of_lists(session, owner))
    row = session.credentials.find(RECORD)
    if row is not None and _owns(row, owner):
        _delete(session, client, [RECORD])


def _make_list(session: GatewaySession, client: AdminClient, owner: str, names: Known) -> None:
    held: JsonValue = {section: [*sorted(keys)] for section, keys in sorted(names.items()) if keys}
    info = marker(owner, "", **{OWNED: held})
    # Never a number that was there a moment ago: a worker may still show that one with other names.
    former = [name.removeprefix(LISTS) for name in _names_of_lists(session, owner)]
    for number in itertools.count(1 + max(map(int, filter(str.isdecimal, former)), default=0)):
        if _make(session, client, f"{LISTS}{number}", info):
            return


def _make(session: GatewaySession, client: AdminClient, name: str, info: dict[str, JsonValue]) -> bool:
    """Makes a credential of the record; False when it is there already."""
    try:
        credentials.create(client, name, dict(VALUES), info)
    except (AlreadyExists, ServerFailed):
        # 1.81.12 says with a 500 that the name is taken; the worker that took it lists it.
        session.credentials.forget()
        if session.credentials.find(name) is None:
            raise
        return False
    row = CredentialRow(credential_name=name, credential_values=dict(VALUES), credential_info=info)
    session.credentials.put(name, row)
    return True


def _delete(session: GatewaySession, client: AdminClient, names: Iterable[str]) -> None:
    for name in sorted(names):
        credentials.delete(client, name)
        session.credentials.drop(name)


def _list(session: GatewaySession, owner: str, fits: Callable[[Known], bool]) -> str | None:
    """The list that fits, if every worker knows of it: one may still show what a run just before has removed."""

    def fitting(listed: Listed) -> set[str]:
        return {name for name, known in _lists(listed, owner).items() if fits(known)}

    if not fitting(session.credentials.rows()):
        return None
    found = set.intersection(*map(fitting, session.credentials.every_answer()))
    return min(found, default=None)


def _names_of_lists(session: GatewaySession, owner: str) -> set[str]:
    """Of all our lists that any worker shows."""
    return {name for listed in session.credentials.every_answer() for name in _lists(listed, owner)}


def _lists(listed: Listed, owner: str) -> dict[str, Known]:
    """The names of each of our lists, which is one but for the time between two."""
    return {name: _names(row) for name, row in listed.items() if name.startswith(LISTS) and _owns(row, owner)}


def _names(row: CredentialRow) -> Known:
    details = row.credential_info.get(OURS)
    found = details.get(OWNED) if isinstance(details, dict) else None
    names = found if isinstance(found, dict) else {}
    return {section: [str(key) for key in keys] for section, keys in names.items() if isinstance(keys, list)}


def _covers(known: Known, names: Known) -> bool:
    return all(set(keys) <= set(known.get(section, ())) for section, keys in names.items())


def _owns(row: CredentialRow, owner: str) -> bool:
    return owner_of(row.credential_info) == owner


def _foreign(listed: Listed, owner: str) -> str | None:
    if RECORD not in listed or _owns(listed[RECORD], owner):
        return None
    found = owner_of(listed[RECORD].credential_info)
    if found == NOBODY:
        return f"the credential {RECORD}, which says whose they are, was not made by this program; delete it there"
    way = f"delete the credential {RECORD}, and {LISTS}1 or so, in LiteLLM (DELETE /credentials/{RECORD})"
    return (
        f"belong to the stack {found}; declare aliases, fallbacks and router settings in one of the two stacks only, "
        f"or, if that one is gone, {way}"
    )
