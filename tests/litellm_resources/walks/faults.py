"""A fake LiteLLM behind a bad line: one call of a run is cut, refused, slow or answered with an error.

Takes a plan, `Fault`; what it does not name passes. Whether the server did what it was asked is part of the plan: a
caller that is told of an error cannot know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.litellm_resources.fake_litellm import Answer, FakeLitellm

ERROR_IN_BODY = {"message": "Internal error", "type": "internal_server_error", "param": "None", "code": "500"}
# What the caller sees, by what happens on the way.
SEEN: dict[str, Callable[[], Exception | Answer]] = {
    "cut": lambda: requests.exceptions.ConnectionError("connection reset"),
    "slow": lambda: requests.exceptions.ReadTimeout("no answer in time"),
    "429": lambda: (429, {"error": {"message": "Too many requests", "code": "429"}}),
    "500": lambda: (500, b"Internal Server Error"),
    "502 of a proxy": lambda: (502, b"<html>Bad Gateway</html>"),
    "200 with an error": lambda: (200, ERROR_IN_BODY),
    "200 with HTML": lambda: (200, b"<html>Welcome</html>"),
}


def is_write(call: str) -> bool:
    """Whether a call, as `POST /key/generate`, changes anything."""
    return not call.startswith("GET") and call != "POST /v2/key/info"


@dataclass(frozen=True)
class Fault:
    """What happens to the call of this number, counted from 0 among reads or among writes.

    Attributes:
        seen: Of `SEEN`.
        done: The server does what it is asked all the same.
    """

    number: int
    seen: str
    of_writes: bool
    done: bool


@dataclass
class FaultyLitellm(FakeLitellm):
    """See the module."""

    fault: Fault | None = None
    counted: int = field(default=0)

    def plan(self, fault: Fault | None) -> None:
        """Begins to count anew."""
        self.fault, self.counted = fault, 0

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        call = f"{request.method} {urlsplit(str(request.url)).path}"
        if self.fault is None or self.fault.of_writes != is_write(call):
            return super().send(request)
        self.counted += 1
        if self.counted - 1 != self.fault.number:
            return super().send(request)
        fault = self.fault
        if fault.done:
            super().send(request)
        seen = SEEN[fault.seen]()
        self.before, before = (lambda _call: seen), self.before
        try:
            return super().send(request)
        finally:
            self.before = before
