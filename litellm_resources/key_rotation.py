"""Rotation: a key gets another value, and the one of before works on for a while under `<alias>~old`.

Takes the live keys and the wanted one; changes what is there in an order in which a kill loses nothing: the old key is
renamed, the new one is made (by `key.py`), and only then the old one gets its end, which LiteLLM itself sees to. What
is past its end the leftovers remove. The marker of an old key says whose value it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import JsonValue

from litellm_resources.admin_api import keys
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Foreign
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.key_row import KeyInputs
from litellm_resources.ownership import OLD_OF, marker, noted, owner_of, without_marker
from litellm_resources.resolver.old_keys import AT_ONCE, old_alias
from litellm_resources.session import GatewaySession


def is_old(row: KeyRow) -> bool:
    """Whether the key was rotated away."""
    return bool(noted(row.metadata, OLD_OF))


def old_key(rows: Iterable[KeyRow], inputs: KeyInputs) -> KeyRow | None:
    """The value of before, while it works on."""
    ours = (row for row in rows if owner_of(row.metadata) == inputs.owner)
    return next((row for row in ours if noted(row.metadata, OLD_OF) == inputs.key_alias), None)


def own_key(rows: Iterable[KeyRow], inputs: KeyInputs) -> KeyRow | None:
    """The value that is in force."""
    ours = (row for row in rows if owner_of(row.metadata) == inputs.owner)
    return next((row for row in ours if row.key_alias == inputs.key_alias), None)


def name_taken(rows: Iterable[KeyRow], inputs: KeyInputs) -> str | None:
    """Says that a key of others has the name that the old key would get; None when none has."""
    name = old_alias(inputs.key_alias)
    taken = any(row.key_alias == name and owner_of(row.metadata) != inputs.owner for row in rows)
    return (
        f"the old value would be named {name}, but a key of others has that alias; rename it there" if taken else None
    )


def put_aside(session: GatewaySession, client: AdminClient, what: str, inputs: KeyInputs, token: str) -> None:
    """Renames the key to be replaced, so that its alias is free; it works on. One that was renamed earlier goes.

    Raises:
        Foreign: Somebody else's key has the old key's name.
    """
    session.keys.forget()
    rows = session.keys.rows()
    if (row := rows.get(token)) is None or is_old(row):
        return
    if (reason := name_taken(rows.values(), inputs)) is not None:
        found, _, remedy = reason.partition("; ")
        raise Foreign(what, found, remedy)
    if (older := old_key(rows.values(), inputs)) is not None:
        keys.delete(client, older.token)
        session.keys.drop(older.token)
    name = old_alias(inputs.key_alias)
    mark = marker(inputs.owner, name, **{OLD_OF: inputs.key_alias})
    changed: dict[str, JsonValue] = {"key_alias": name, "metadata": {**without_marker(row.metadata), **mark}}
    keys.change(client, token, changed)
    session.keys.put(token, row.model_copy(update=changed))


def inherited(old: KeyRow | None) -> dict[str, JsonValue]:
    """What a new value takes over from the one of before, besides all that is declared."""
    if old is None:
        return {}
    return {"spend": old.spend or 0.0, **({"blocked": True} if old.blocked else {})}


def begin_end(session: GatewaySession, client: AdminClient, what: str, old: KeyRow, inputs: KeyInputs) -> None:
    """Gives the old key its end, unless it has one, and tells it."""
    if inputs.grace == AT_ONCE:
        keys.delete(client, old.token)
        session.keys.drop(old.token)
        session.warn_once(f"{what}: has a new value; the old one is deleted; {_logs(old)}")
        return
    if old.expires is None:
        keys.change(client, old.token, {"duration": inputs.grace})
        old = keys.read_one(client, old.token) or old
    session.keys.put(old.token, old)
    session.warn_once(
        f"{what}: has a new value; the old one works {_until(old.expires)} as {old.key_alias}; {_logs(old)}"
    )


def set_by_hand(row: KeyRow) -> list[str]:
    """What a person is told and what stays: who blocks a key means it, and a gateway may give every key an end."""
    blocked = "is blocked in LiteLLM and stays so; the UI, or POST /key/unblock, ends that"
    ends = f"works {_until(row.expires)} only, as somebody or a default of the gateway has set; the UI changes that"
    return [*([blocked] if row.blocked else []), *([ends] if row.expires else [])]


def foretold(row: KeyRow, older: KeyRow | None, inputs: KeyInputs) -> str:
    """What a rotation will do, for a preview."""
    if inputs.grace == AT_ONCE:
        fate = "the old one is deleted at once"
    else:
        fate = f"the old one works for another {inputs.grace} as {old_alias(inputs.key_alias)}"
    also = f"; the one before it, which works {_until(older.expires)}, is deleted at once" if older else ""
    return f"gets a new value; {fate}{also}; {_logs(row)}"


def _logs(row: KeyRow) -> str:
    return f"its SpendLogs stay under its hash {row.token[:8]}…"


def _until(end: datetime | None) -> str:
    return f"until {end:%Y-%m-%d %H:%M} UTC" if end else "without an end yet"
