"""Says until when LiteLLM may still use what a credential held before: only then a provider's old key may be deleted.

Takes the session of a write, gives the time; tells it once a change showed. Each worker process reaches a provider with
what it read at its last poll, the one that took the write too on 1.81.12.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from litellm_resources.admin_api.credentials import API_BASE, CredentialRow
from litellm_resources.credential_row import FINGERPRINT, NO_KEY, CredentialInputs, is_of, live_fields
from litellm_resources.session import GatewaySession

WORDS = {FINGERPRINT: "key", API_BASE: "address"}


def only_in(row: CredentialRow, rows: Iterable[CredentialRow], inputs: CredentialInputs) -> list[str]:
    """What of a row that went is in no other row of the same credential."""
    others = [live_fields(other, inputs) for other in rows if is_of(other, inputs)]
    held = {name: value for name, value in live_fields(row, inputs).items() if value not in (None, NO_KEY)}
    return [name for name in WORDS if name in held and held[name] not in [other[name] for other in others]]


def in_use_until(session: GatewaySession) -> datetime:
    """The time by which the last worker has read a write of now."""
    return session.clock.today() + timedelta(seconds=session.client.poll_seconds)


def tell(session: GatewaySession, what: str, written: Collection[str], end: datetime) -> None:
    """Tells it, once the write shows, if a key or an address changed. One worker that shows it is all of them."""
    words = [word for name, word in WORDS.items() if name in written]
    if not words:
        return
    when = session.clock.today() if session.client.workers == 1 else end
    session.warn_once(
        f"{what}: its former {' and '.join(words)} may be used until {when:%H:%M:%S} UTC; whatever ends the old one at "
        "the provider does so after that"
    )
