"""A small LiteLLM of several worker processes: each answers lists out of a memory of its own, up to 30 s old.

Takes a version and a number; a new connection leads to the next worker, a kept one to the same. What each memory does
was measured on the real servers, and read in LiteLLM's source where a poll is concerned.
"""

from __future__ import annotations

import copy
from typing import Any

from requests.adapters import BaseAdapter

from tests.litellm_resources.fake_litellm import POLL_SECONDS, Answer, FakeLitellm

FROM_MEMORY = frozenset(
    {"GET /credentials", "GET /v2/model/info", "GET /model/info", "GET /router/settings", "GET /v1/mcp/server"}
)


class FakeWorkers(FakeLitellm):
    """One gateway; its tables are the database."""

    def __init__(self, version: str, number: int = 3) -> None:
        super().__init__(version=version)
        self.each = [Worker(self) for _ in range(number)]
        self.opened = 0

    @property
    def workers(self) -> int:
        return len(self.each)

    def connect(self) -> BaseAdapter:
        self.opened += 1
        return self.each[self.opened % self.workers]

    def polled(self) -> None:
        """Lets the time go by until every worker has asked the database."""
        self.time.sleep(POLL_SECONDS)
        for worker in self.each:
            worker.poll_if_due()


class Worker(FakeLitellm):
    """One process; its tables are its memory."""

    def __init__(self, gateway: FakeWorkers) -> None:
        super().__init__(version=gateway.version, time=gateway.time, calls=gateway.calls)
        self.before = lambda call: gateway.before(call)
        self.gateway = gateway
        self.next_poll = self.time.seconds + POLL_SECONDS

    def _answer(self, call: str, query: dict[str, str], body: Any) -> Answer:
        self.poll_if_due()
        if call in FROM_MEMORY:
            return super()._answer(call, query, body)
        answer = self.gateway._answer(call, query, body)
        # 1.81.12 changes a credential in the database only.
        if answer[0] < 300 and not call.startswith("GET") and not (self.old and call.startswith("PATCH")):
            if call == "POST /model/delete":
                # Takes out this one and reads nothing anew.
                self.models.pop(body["id"], None)
            else:
                self._poll()
        return answer

    def poll_if_due(self) -> None:
        if self.time.seconds >= self.next_poll:
            self._poll()
            self.next_poll = self.time.seconds + POLL_SECONDS

    def _poll(self) -> None:
        self.credentials = copy.deepcopy(self.gateway.credentials)
        self.router = copy.deepcopy(self.gateway.router)
        self.mcp.rows = copy.deepcopy(self.gateway.mcp.rows)
        # 1.81.12 takes an empty table for a failed read.
        if self.gateway.models or not self.old:
            self.models = copy.deepcopy(self.gateway.models)
