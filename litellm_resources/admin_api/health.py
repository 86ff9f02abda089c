"""Whether LiteLLM can be written to: it answers and its database is connected.

The status code says nothing of the database (200 without one) and `status` differs from version to version, so only
`db` in the body counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from litellm_resources.admin_api.answers import Answer, parse
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotReachable, NotReady, ServerFailed

PATH = "/health/readiness"
CONNECTED = "connected"
PAUSE_SECONDS = 1.0


class Readiness(Answer):
    """What the gateway says of itself."""

    db: str | None = None

    @property
    def ready(self) -> bool:
        return self.db == CONNECTED


@dataclass(frozen=True)
class Clock:
    """Time, so that tests need none."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    today: Callable[[], datetime] = lambda: datetime.now(UTC)


def readiness(client: AdminClient) -> Readiness:
    """Asks once.

    Raises:
        AdminApiError: No answer, or none of LiteLLM's.
    """
    return parse(Readiness, client.get(PATH), f"{client.url}: GET {PATH}")


def wait_until_ready(client: AdminClient, *, deadline_seconds: float, clock: Clock | None = None) -> None:
    """Waits for a connected database.

    Raises:
        NotReady: It was not connected in time.
        AdminApiError: Waiting does not help (wrong key, something else at this address).
    """
    clock = clock or Clock()
    end = clock.now() + deadline_seconds
    while True:
        problem = why_not_ready(client)
        if problem is None:
            return
        if clock.now() >= end:
            remedy = "look into the gateway's log and at the database, then run again"
            raise NotReady(client.url, f"not ready after {deadline_seconds:.0f} s ({problem})", remedy)
        clock.sleep(PAUSE_SECONDS)


def why_not_ready(client: AdminClient) -> str | None:
    """Asks once what is missing; None when nothing is.

    Raises:
        AdminApiError: Waiting does not help.
    """
    try:
        answer = readiness(client)
    except (NotReachable, ServerFailed) as error:
        return error.found
    return None if answer.ready else f"database: {answer.db or 'none'}"
