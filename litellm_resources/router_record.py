"""The record of whose the router settings are, kept beside them: a credential that nothing uses, with our marker.

Takes a session, an owner and names; says who owns the row and what in it was once ours, and writes that down. A
credential, because LiteLLM's database takes a name once only, `credential_info` holds any JSON, every refresh reads the
list already, and no request ever sees it (ADR 0018). Its marker has no identity: so it is never left over.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from litellm_resources.admin_api import credentials
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.admin_api.errors import AlreadyExists, Foreign, ServerFailed
from litellm_resources.ownership import NOBODY, OURS, ROUTER_NAMES, ROUTER_RECORD, marker, owner_of
from litellm_resources.router_row import Known
from litellm_resources.session import GatewaySession

WHAT = "router settings"
RECORD = ROUTER_RECORD
OWNED = ROUTER_NAMES
# LiteLLM takes no credential without a value.
VALUES: Mapping[str, JsonValue] = {"note": "says whose the router settings are; nothing uses it"}

Listed = Mapping[str, CredentialRow]


def is_ours(listed: Listed, owner: str) -> bool:
    """Whether the record is there and says that the router settings are this owner's."""
    return RECORD in listed and owner_of(listed[RECORD].credential_info) == owner


def why_not_ours(session: GatewaySession, owner: str) -> str | None:
    """Says who owns the router settings if it is somebody else; None when they are free or ours."""
    return session.credentials.agreed(lambda listed: _foreign(listed, owner), bool)


def owned(session: GatewaySession, owner: str) -> Known:
    """The names in the row, by section, that our record holds; nothing when it is not there."""
    row = session.credentials.find(RECORD)
    details = row.credential_info.get(OURS) if row is not None and is_ours({RECORD: row}, owner) else None
    found = details.get(OWNED) if isinstance(details, dict) else None
    names = found if isinstance(found, dict) else {}
    return {section: [str(key) for key in keys] for section, keys in names.items() if isinstance(keys, list)}


def write(session: GatewaySession, client: AdminClient, owner: str, names: Known) -> None:
    """Writes down what is ours in the row, before the row is written.

    Raises:
        Foreign: The router settings are another stack's.
    """
    info = _info(owner, names)
    made = RECORD not in session.credentials.rows() and _make(session, client, info)
    if not made:
        # Whichever worker shows it: the others may not know yet that somebody else has taken it.
        row = session.credentials.find(RECORD)
        if row is not None and (reason := _foreign({RECORD: row}, owner)) is not None:
            found, _, remedy = reason.partition("; ")
            raise Foreign(WHAT, found, remedy)
        _change(session, client, info)
    session.credentials.forget()


def _change(session: GatewaySession, client: AdminClient, info: dict[str, JsonValue]) -> None:
    if not client.differences.changed_credential_shows_late:
        credentials.change(client, RECORD, dict(VALUES), info)
        return
    # Made anew it shows at once. The next run, which may come in seconds, must know what this one was about to write;
    # whoever takes the name in between owns the row.
    credentials.delete(client, RECORD)
    if not _make(session, client, info):
        raise Foreign(WHAT, "were taken by another stack at this moment", "preview again")


def remove(session: GatewaySession, client: AdminClient, owner: str) -> None:
    """Gives the router settings up, if they are ours."""
    row = session.credentials.find(RECORD)
    if row is not None and is_ours({RECORD: row}, owner):
        credentials.delete(client, RECORD)
        session.credentials.drop(RECORD)


def _make(session: GatewaySession, client: AdminClient, info: dict[str, JsonValue]) -> bool:
    """Makes the record; False when it is there already."""
    try:
        credentials.create(client, RECORD, dict(VALUES), info)
    except (AlreadyExists, ServerFailed):
        # 1.81.12 says with a 500 that the name is taken; the worker that took it lists it.
        session.credentials.forget()
        if session.credentials.find(RECORD) is None:
            raise
        return False
    return True


def _info(owner: str, names: Known) -> dict[str, JsonValue]:
    marked = marker(owner, "")
    details = marked[OURS]
    held: dict[str, JsonValue] = {section: [*sorted(keys)] for section, keys in sorted(names.items()) if keys}
    return {**marked, OURS: {**(details if isinstance(details, dict) else {}), OWNED: held}}


def _foreign(listed: Listed, owner: str) -> str | None:
    if RECORD not in listed or is_ours(listed, owner):
        return None
    found = owner_of(listed[RECORD].credential_info)
    if found == NOBODY:
        return f"the credential {RECORD}, which says whose they are, was not made by this program; delete it there"
    way = f"delete the credential {RECORD} in LiteLLM (DELETE /credentials/{RECORD})"
    return (
        f"belong to the stack {found}; declare aliases, fallbacks and router settings in one of the two stacks only, "
        f"or, if that one is gone, {way}"
    )
