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
from typing import Any

from litellm_resources.admin_api import (
    budgets,
    credentials,
    gateway_config,
    guardrails,
    health,
    keys,
    litellm_settings,
    mcp_servers,
    models,
    router_settings,
    teams,
    users,
)
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from litellm_resources.admin_api.errors import AdminApiError, NotReady, ReadBackMismatch, ServerFailed
from litellm_resources.shared_list import SharedList

READY_DEADLINE_SECONDS = 180.0
# The one row of the router settings, as if it were a list.
ROUTER = "router settings"
# A worker that did not take the write learns of it at its next poll, every 30 s.
SEEN_DEADLINE_SECONDS = 45.0
SEEN_PAUSE_SECONDS = 1.0


class GatewaySession:
    """One run's view of one gateway."""

    def __init__(self, client: AdminClient, clock: health.Clock | None = None) -> None:
        self.client = client
        self.clock = clock or health.Clock()
        # LiteLLM answers these five out of a worker's memory, the others out of the database.
        self.credentials = SharedList(credentials.read_all, client, self.clock, client.workers)
        self.models = SharedList(models.read_all, client, self.clock, client.workers)
        self.mcp_servers = SharedList(mcp_servers.read_all, client, self.clock, client.workers)
        self.routers = SharedList(_read_router, client, self.clock, client.workers)
        self.gateway_fields = SharedList(gateway_config.read_all, client, self.clock, client.workers)
        self.litellm_settings = SharedList(litellm_settings.read_all, client, self.clock)
        self.users = SharedList(users.read_all, client, self.clock)
        self.budgets = SharedList(budgets.read_all, client, self.clock)
        self.teams = SharedList(teams.read_all, client, self.clock)
        self.keys = SharedList(keys.read_all, client, self.clock)
        self.guardrails = SharedList(guardrails.read_all, client, self.clock)
        self._lists: tuple[SharedList[Any], ...] = (
            self.credentials,
            self.models,
            self.mcp_servers,
            self.guardrails,
            self.users,
            self.budgets,
            self.teams,
            self.keys,
        )
        self._writer = threading.RLock()
        self._ready = False
        self._said: set[str] = set()
        self._said_lock = threading.Lock()

    def router(self) -> router_settings.RouterRow:
        """The router settings, shared like the lists."""
        return self.routers.rows()[ROUTER]

    def forget_router(self) -> None:
        """Makes the next caller read the router settings again."""
        self.routers.forget()

    def forget_lists(self) -> None:
        """Makes the next caller read each list again."""
        for shared in self._lists:
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
                for shared in (*self._lists, self.routers, self.gateway_fields):
                    # It may have failed moments ago, while the gateway was still starting.
                    shared.forget_failure()
                self._ready = True
            yield self.client

    def wait_until_seen(self, what: str, look: Callable[[], str | None]) -> None:
        """Reads back until a write shows.

        One worker that shows it is enough: the others go over at their next poll, in one step from what the database
        held before to what it holds now.

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
            # Not seen over the connection of the write: it broke off and another worker answers, or none knows yet.
            self.client.close()
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

    def warn_once(self, text: str) -> None:
        """Tells the user what happens to an object, once in a run: `make up` shows these although it goes well."""
        self.say_once(f"warning: {text}")

    def first_to(self, act: str) -> bool:
        """True for the first caller with this text in a run."""
        with self._said_lock:
            first = act not in self._said
            self._said.add(act)
            return first

    def _say_if_unknown(self) -> None:
        differences = self.client.differences
        if differences.unknown:
            self.warn_once(
                f"LiteLLM {differences.version} is newer than what was tried; the newest known rules are used"
            )


def _read_router(client: AdminClient) -> dict[str, router_settings.RouterRow]:
    return {ROUTER: router_settings.read(client)}


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
