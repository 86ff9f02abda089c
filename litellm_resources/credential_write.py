"""Writes the row of a credential, whatever a killed run left of it, and tells whether the write shows.

Takes a session, what is wanted and the row as it is listed, if it is.
"""

from __future__ import annotations

from pydantic import JsonValue

from litellm_resources.admin_api import credentials
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.admin_api.errors import AlreadyExists, NotFound, ServerFailed
from litellm_resources.credential_row import CUSTOM_PROVIDER, CredentialInputs, is_of, to_write
from litellm_resources.ownership import without_marker
from litellm_resources.session import GatewaySession


def standing(session: GatewaySession, name: str) -> CredentialRow | None:
    """What is there although the state does not know it; one that was just removed is not."""
    row = session.credentials.rows().get(name)
    return row if row is not None and session.credentials.everywhere(name) else None


def write(session: GatewaySession, client: AdminClient, inputs: CredentialInputs, row: CredentialRow | None) -> None:
    others = without_marker(row.credential_info if row else {})
    others.pop(CUSTOM_PROVIDER, None)
    info = inputs.info(others)
    if row is not None:
        try:
            credentials.change(client, inputs.credential_name, inputs.values, info)
        except NotFound:
            # Only remembered: the database, which a change asks first, does not have it.
            session.credentials.drop(inputs.credential_name)
        else:
            return
    _create(session, client, inputs, info)


def _create(session: GatewaySession, client: AdminClient, inputs: CredentialInputs, info: dict[str, JsonValue]) -> None:
    try:
        credentials.create(client, inputs.credential_name, inputs.values, info)
    except (AlreadyExists, ServerFailed):
        # A run that was killed a moment ago may have made it through another worker: this one does not list it yet.
        session.credentials.forget()
        made = session.credentials.find(inputs.credential_name)
        if made is None or not is_of(made, inputs):
            raise
        credentials.change(client, inputs.credential_name, inputs.values, info)


def still_different(session: GatewaySession, inputs: CredentialInputs) -> str | None:
    session.credentials.forget()
    row = session.credentials.rows().get(inputs.credential_name)
    if row is None:
        return "no such credential"
    if wrong := to_write(inputs, row):
        return ", ".join(wrong)
    session.credentials.put(inputs.credential_name, row)
    return None
