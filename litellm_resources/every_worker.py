"""Waits until each of LiteLLM's worker processes has learnt of a write.

Each answers requests, like lists, out of a memory of its own that follows the database at every poll. Takes a session
and what each of them must show; gives back when all do and had the time to poll: a list may come from few of many
workers by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from litellm_resources.admin_api.errors import ReadBackMismatch
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.session import GatewaySession

PAUSE_SECONDS = 1.0


def wait(session: GatewaySession, shown: Callable[[], bool], *, since: float | None, at_most_seconds: float) -> bool:
    """Waits until it is shown and the poll after `since` is over; says whether it is shown."""
    clock, client = session.clock, session.client
    end = clock.now() + at_most_seconds
    if since is not None and client.workers > 1:
        clock.sleep(max(0.0, since + client.poll_seconds - clock.now()))
    while not (found := shown()) and clock.now() < end:
        clock.sleep(PAUSE_SECONDS)
    return found


def wait_until_listed(session: GatewaySession, credential_name: str) -> None:
    """Before requests are led through a credential: a worker that does not know it lets them fail.

    Raises:
        ReadBackMismatch: One does not list it although all had the time.
    """
    shared = session.credentials

    def listed() -> bool:
        shared.forget()
        return shared.everywhere(credential_name)

    since, longest = shared.written_at([credential_name]), 2 * session.client.poll_seconds
    if session.client.workers > 1 and not wait(session, listed, since=since, at_most_seconds=longest):
        found = f"after {longest:.0f} s not every worker of LiteLLM lists it"
        raise ReadBackMismatch(f"LiteLLM credential {credential_name}", found, "look into its log, then run again")


def wait_until_unused(session: GatewaySession, credential_name: str) -> None:
    """Before a credential goes: a worker that still has a model which uses it would let requests fail.

    Gives back after a poll in any case: 1.81.12 takes an empty table for a failed read and keeps the last model.
    """
    shared = session.models

    def uses_none(rows: Mapping[str, ModelRow]) -> bool:
        return not any(row.credential_name == credential_name for row in rows.values())

    def unused() -> bool:
        shared.forget()
        return shared.agreed(uses_none, lambda none: none)

    if session.client.workers > 1:
        wait(session, unused, since=shared.written_at(), at_most_seconds=session.client.poll_seconds)
