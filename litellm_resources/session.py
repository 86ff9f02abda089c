"""What all LiteLLM resources of one run share: one client, one reading of each list, one writer.

Takes a client, gives the lists of live objects. Pulumi runs all dynamic resources in one process with four threads,
one call per resource; a refresh of N models must cost one list call, and a gateway that is down one error, not N.
Module state is the only place for that: provider instances must hold none (they are pickled into the state).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from litellm_resources.admin_api import credentials, health, keys, models, router_settings, users
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from litellm_resources.admin_api.errors import AdminApiError, NotReady, ReadBackMismatch, ServerFailed

READY_DEADLINE_SECONDS = 180.0
# How long a list counts as fresh: long enough for a refresh, short enough to see what others do meanwhile.
FRESH_SECONDS = 30.0
# How long a failure counts: N resources must not each wait for the same time-out.
FAILED_SECONDS = 15.0
# A worker that did not take the write learns of it at its next poll, every 30 s.
SEEN_DEADLINE_SECONDS = 45.0
SEEN_PAUSE_SECONDS = 1.0

Row = TypeVar("Row")


class SharedList(Generic[Row]):
    """One list of live objects by id, read once for all who ask at the same time."""

    def __init__(self, read: Callable[[], dict[str, Row]], clock: health.Clock) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.RLock()
        self._rows: dict[str, Row] = {}
        self._until = float("-inf")
        self._failure: AdminApiError | None = None

    def rows(self) -> dict[str, Row]:
        """The live objects, at most `FRESH_SECONDS` old.

        Raises:
            AdminApiError: The read failed, now or moments ago.
        """
        with self._lock:
            if self._clock.now() >= self._until:
                self._refill()
            if self._failure is not None:
                raise self._failure
            return dict(self._rows)

    def put(self, row_id: str, row: Row) -> None:
        """Takes in what a write of ours made, so that the list need not be read again."""
        with self._lock:
            self._rows[row_id] = row

    def drop(self, row_id: str) -> None:
        """Takes out what a write of ours removed."""
        with self._lock:
            self._rows.pop(row_id, None)

    def forget(self) -> None:
        """Makes the next caller read again."""
        with self._lock:
            self._until = float("-inf")

    def forget_failure(self) -> None:
        """Makes the next caller read again if the last read failed."""
        with self._lock:
            if self._failure is not None:
                self._until = float("-inf")

    def _refill(self) -> None:
        try:
            self._rows, self._failure = self._read(), None
        except AdminApiError as error:
            self._failure = error
        self._until = self._clock.now() + (FAILED_SECONDS if self._failure else FRESH_SECONDS)


class GatewaySession:
    """One run's view of one gateway."""

    def __init__(self, client: AdminClient, clock: health.Clock | None = None) -> None:
        self.client = client
        self.clock = clock or health.Clock()
        self.credentials = SharedList(lambda: credentials.read_all(client), self.clock)
        self.models = SharedList(lambda: models.read_all(client), self.clock)
        self.users = SharedList(lambda: users.read_all(client), self.clock)
        self.keys = SharedList(lambda: keys.read_all(client), self.clock)
        self._router = SharedList(lambda: {"row": router_settings.read(client)}, self.clock)
        self._writer = threading.RLock()
        self._ready = False
        self._said: set[str] = set()
        self._said_lock = threading.Lock()

    def router(self) -> router_settings.RouterRow:
        """The router settings, shared like the lists."""
        return self._router.rows()["row"]

    def forget_router(self) -> None:
        """Makes the next caller read the router settings again."""
        self._router.forget()

    def forget_lists(self) -> None:
        """Makes the next caller read each list again."""
        for shared in (self.credentials, self.models, self.users, self.keys):
            shared.forget()

    @contextmanager
    def writing(self) -> Iterator[AdminClient]:
        """The one writer at a time; before the first write of a run the gateway must be ready.

        Raises:
            AdminApiError: It is not, or its version is too old.
        """
        with self._writer:
            if not self._ready:
                health.wait_until_ready(self.client, deadline_seconds=READY_DEADLINE_SECONDS, clock=self.clock)
                self._say_if_unknown()
                for shared in (self.credentials, self.models, self.users, self.keys, self._router):
                    # It may have failed moments ago, while the gateway was still starting.
                    shared.forget_failure()
                self._ready = True
            yield self.client

    def wait_until_seen(self, what: str, look: Callable[[], str | None]) -> None:
        """Reads back until a write shows.

        Args:
            what: The object, for the error.
            look: Gives what is still different; None when the write shows.

        Raises:
            ReadBackMismatch: It does not show although every worker has polled by now.
        """
        end = self.clock.now() + SEEN_DEADLINE_SECONDS
        while (difference := look()) is not None:
            if self.clock.now() >= end:
                remedy = "look into the gateway's log; if somebody else writes there as well, run again"
                raise ReadBackMismatch(what, f"written, but LiteLLM shows {difference}", remedy)
            self.clock.sleep(SEEN_PAUSE_SECONDS)

    def explained(self, error: AdminApiError) -> AdminApiError:
        """The reason behind a failed read: without its database LiteLLM answers everything with an error inside."""
        if not isinstance(error, ServerFailed):
            return error
        problem = health.why_not_ready(self.client)
        if problem is None:
            return error
        remedy = "bring it back (make up); if that does not help, look into the logs of gateway and database"
        return NotReady(self.client.url, f"answers, but is not ready ({problem})", remedy)

    def say_once(self, text: str) -> None:
        """Tells the user something, once in a run: the CLI shows a provider's stderr."""
        with self._said_lock:
            if text not in self._said:
                self._said.add(text)
                sys.stderr.write(f"{text}\n")

    def first_to(self, act: str) -> bool:
        """True for the first caller with this text in a run."""
        with self._said_lock:
            first = act not in self._said
            self._said.add(act)
            return first

    def _say_if_unknown(self) -> None:
        differences = self.client.differences
        if differences.unknown:
            self.say_once(
                f"LiteLLM {differences.version} is newer than what was tried; the newest known rules are used"
            )


_lock = threading.Lock()
_current: dict[Connection, GatewaySession] = {}


def session_of(connection: Connection) -> GatewaySession:
    """The process's session with this gateway, made at the first call."""
    with _lock:
        if connection not in _current:
            _current[connection] = GatewaySession(AdminClient(connection))
        return _current[connection]


def use(connection: Connection, session: GatewaySession) -> None:
    """Puts a session in place of the real one; tests give one with a transport of their own."""
    with _lock:
        _current[connection] = session
