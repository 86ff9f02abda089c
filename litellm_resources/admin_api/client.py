"""The HTTP client: one call in, one JSON value or one typed error out.

Takes a `Connection` and, for tests, what makes a transport adapter. A refused key is followed by the previous one, so
that a half-done rotation locks nobody out. LiteLLM 1.81.12 answers some failures with status 200 and the error in the
body; that is understood here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import JsonValue

from litellm_resources.admin_api import errors, version
from litellm_resources.admin_api.connection import Connection
from litellm_resources.admin_api.masking import mask, secrets_in

if TYPE_CHECKING:
    import requests
    from requests.adapters import BaseAdapter

    from litellm_resources.admin_api.transport import Transport

EXCERPT = 300
STATUS_ERRORS: Mapping[int, type[errors.AdminApiError]] = {
    401: errors.Unauthorized,
    403: errors.Unauthorized,
    404: errors.NotFound,
    409: errors.AlreadyExists,
    429: errors.TooManyRequests,
}
REMEDIES: Mapping[type[errors.AdminApiError], str] = {
    errors.Unauthorized: "set llmproxy:litellm-master-key to the key the gateway runs with, and in a rotation "
    "llmproxy:litellm-master-key-previous to the one before",
    errors.NotFound: "preview again",
    errors.AlreadyExists: "preview again",
    errors.Rejected: "correct the value",
    errors.TooManyRequests: "wait a minute and run again; a proxy that limits requests is passed by with "
    "litellm.adminUrl",
    # Without its database LiteLLM answers so, and for two minutes still calls itself ready.
    errors.ServerFailed: "if its database is down, make up brings it back; else look into the gateway's log",
}


class AdminClient:
    """Calls the admin API of one gateway. May be shared by threads; each has a connection of its own."""

    def __init__(self, connection: Connection, connect: Callable[[], BaseAdapter] | None = None) -> None:
        self.url = connection.url
        self.workers = connection.workers
        self.poll_seconds = connection.poll_seconds
        self._keys = [key for key in (connection.master_key, connection.previous_master_key) if key]
        self._key = 0
        self._lock = threading.Lock()
        self._connect = connect

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> JsonValue:
        """Reads; `query` is encoded here, `path` must be already."""
        return self._call("GET", path, query=query)

    def post(self, path: str, body: JsonValue) -> JsonValue:
        """Writes once."""
        return self._call("POST", path, body=body)

    def patch(self, path: str, body: JsonValue) -> JsonValue:
        """Changes once."""
        return self._call("PATCH", path, body=body)

    def put(self, path: str, body: JsonValue) -> JsonValue:
        """Replaces once."""
        return self._call("PUT", path, body=body)

    def delete(self, path: str) -> JsonValue:
        """Deletes once."""
        return self._call("DELETE", path)

    def close(self) -> None:
        """Ends this thread's connection; its next call opens another, and another worker process may answer."""
        self._transport.close()

    @cached_property
    def differences(self) -> version.Differences:
        """How this server's version behaves.

        Raises:
            errors.UnsupportedVersion: It is too old.
        """
        return version.differences(self._version(), self.url)

    def _version(self) -> str:
        """The version: readiness names it up to some release, its details page after that."""
        for path in ("/health/readiness", "/health/readiness/details"):
            answer = self.get(path)
            found = answer.get("litellm_version") if isinstance(answer, dict) else None
            if isinstance(found, str):
                return found
        remedy = "check that litellm.adminUrl leads to LiteLLM itself"
        raise errors.Unintelligible(self.url, "LiteLLM that does not name its version", remedy)

    def _call(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: JsonValue = None
    ) -> JsonValue:
        place = f"{self.url}: {method} {path}"
        first = self._key
        response = self._transport.send(method, path, self._keys[first], query, body)
        if response.status_code == 401:
            for other in range(len(self._keys)):
                if other == first:
                    continue
                again = self._transport.send(method, path, self._keys[other], query, body)
                if again.status_code != 401:
                    with self._lock:
                        self._key = other
                    return self._read(again, place, body)
        return self._read(response, place, body)

    @cached_property
    def _transport(self) -> Transport:
        from litellm_resources.admin_api.transport import Transport  # see there: only who calls loads it

        return Transport(self.url, self._connect)

    def _read(self, response: requests.Response, place: str, body: JsonValue) -> JsonValue:
        if response.status_code in (202, 204) and not response.content:
            # How MCP servers are deleted.
            return None
        try:
            answer: JsonValue = response.json()
        except ValueError as error:
            if response.status_code >= 500:
                raise self._error(errors.ServerFailed, response.status_code, response.text, place, body) from error
            found = f"status {response.status_code} and no JSON: {mask(response.text[:EXCERPT], self._keys)!r}"
            remedy = "check that litellm.adminUrl leads to LiteLLM itself and to nothing in front of it"
            raise errors.Unintelligible(place, found, remedy) from error
        status = _true_status(response.status_code, answer)
        if status < 300:
            return answer
        kind = STATUS_ERRORS.get(status, errors.ServerFailed if status >= 500 else errors.Rejected)
        raise self._error(kind, status, _message(answer), place, body)

    def _error(
        self, kind: type[errors.AdminApiError], status: int, message: str, place: str, body: JsonValue
    ) -> errors.AdminApiError:
        masked = mask(message, [*self._keys, *secrets_in(body)])[:EXCERPT]
        return kind(place, f"status {status}: {masked}", REMEDIES[kind])


def _true_status(status: int, answer: JsonValue) -> int:
    """The status; 1.81.12 returns some exceptions as a body with status 200."""
    if status == 200 and isinstance(answer, dict) and "message" in answer and "type" in answer:
        code = str(answer.get("code"))
        return int(code) if code.isdigit() else 500
    return status


def _message(answer: JsonValue) -> str:
    """The message, wherever this answer keeps it."""
    for name in ("error", "detail", "message"):
        if isinstance(answer, dict) and name in answer:
            return _message(answer[name])
    return str(answer)
