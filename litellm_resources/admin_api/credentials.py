"""Credentials: how LiteLLM reaches a provider.

Secret values come back masked. On 1.81.12 a change shows in reads only after the server's next poll (up to 30 s), and
no version's PATCH removes a value.
"""

from __future__ import annotations

from urllib.parse import quote

from pydantic import Field, JsonValue

from litellm_resources.admin_api.answers import Answer, items, parse
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound

PATH = "/credentials"
API_KEY = "api_key"
API_BASE = "api_base"
SHOWN_SIGNS = 2
MASK = "****"


class CredentialRow(Answer):
    """One credential as it is read: `credential_values` masked where secret, `credential_info` in clear."""

    credential_name: str
    credential_values: dict[str, JsonValue] = Field(default_factory=dict)
    credential_info: dict[str, JsonValue] = Field(default_factory=dict)


def may_be(shown: JsonValue, secret: str) -> bool:
    """Whether what is shown may stand for this secret: both versions show two signs at either end of five or more.

    True as well where that cannot be told: a shorter one shows no sign, and another version may mask otherwise.
    """
    if not isinstance(shown, str) or len(shown) != len(MASK) + 2 * SHOWN_SIGNS or shown[SHOWN_SIGNS:][:4] != MASK:
        return True
    return shown == f"{secret[:SHOWN_SIGNS]}{MASK}{secret[-SHOWN_SIGNS:]}"


def read_all(client: AdminClient) -> dict[str, CredentialRow]:
    """Every credential by its name; the list has no pages."""
    place = f"{client.url}: GET {PATH}"
    rows = [parse(CredentialRow, item, place) for item in items(client.get(PATH), "credentials", place)]
    return {row.credential_name: row for row in rows}


def create(client: AdminClient, name: str, values: dict[str, JsonValue], info: dict[str, JsonValue]) -> None:
    """Makes one; LiteLLM refuses an empty `values`."""
    client.post(PATH, {"credential_name": name, "credential_values": values, "credential_info": info})


def change(client: AdminClient, name: str, values: dict[str, JsonValue], info: dict[str, JsonValue]) -> None:
    """Merges the values and replaces the info. Requests go on meanwhile."""
    body: JsonValue = {"credential_name": name, "credential_values": values, "credential_info": info}
    client.patch(f"{PATH}/{quote(name, safe='')}", body)


def delete(client: AdminClient, name: str) -> None:
    """Removes one; one that is gone is done."""
    try:
        client.delete(f"{PATH}/{quote(name, safe='')}")
    except NotFound:
        return
