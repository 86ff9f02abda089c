"""The HTTP client: one call in, one JSON value or one typed error out.

Takes a `Connection` and, for tests, what makes a transport adapter. Each call has a time limit; only what is safe to
repeat is repeated, by urllib3's own retry: reads, and whatever did not get as far as a connection. A refused key is
followed by the previous one, so that a half-done rotation locks nobody out.
LiteLLM 1.81.12 answers some failures with status 200 and the error in the body; that is understood here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from urllib.parse import urlsplit

import requests
from pydantic import JsonValue
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.util import Retry

from litellm_resources.admin_api import errors, version
from litellm_resources.admin_api.connection import Connection
from litellm_resources.admin_api.masking import mask, secrets_in

CONNECT_SECONDS = 3.0
READ_SECONDS = 60.0
EXCERPT = 300
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# 500 too: LiteLLM answers so while its database starts again (seen when the database's task was replaced).
REPEATABLE = Retry(
    total=3,
    connect=2,
    read=2,
    status=3,
    other=0,
    backoff_factor=0.3,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=frozenset({"GET"}),
    raise_on_status=False,
)
STATUS_ERRORS: Mapping[int, type[errors.AdminApiError]] = {
    401: errors.Unauthorized,
    403: errors.Unauthorized,
    404: errors.NotFound,
    409: errors.AlreadyExists,
}
REMEDIES: Mapping[type[errors.AdminApiError], str] = {
    errors.Unauthorized: "set llmproxy:litellm-master-key to the key the gateway runs with, and in a rotation "
    "llmproxy:litellm-master-key-previous to the one before",
    errors.NotFound: "preview again",
    errors.AlreadyExists: "preview again",
    errors.Rejected: "correct the value",
    # Without its database LiteLLM answers so, and for two minutes still calls itself ready.
    errors.ServerFailed: "if its database is down, make up brings it back; else look into the gateway's log",
}
UNREACHABLE = "start the gateway (make up), or correct litellm.adminUrl"


class _Own(threading.local):
    session: requests.Session | None = None


class AdminClient:
    """Calls the admin API of one gateway. May be shared by threads.

    Each thread has a connection of its own and keeps it: so a read goes to the worker process that took the write
    before, the only one to know of it at once.
    """

    def __init__(self, connection: Connection, connect: Callable[[], BaseAdapter] | None = None) -> None:
        self.url = connection.url
        self.workers = connection.workers
        self._keys = [key for key in (connection.master_key, connection.previous_master_key) if key]
        self._key = 0
        self._lock = threading.Lock()
        self._connect = connect or (lambda: HTTPAdapter(pool_maxsize=1, max_retries=REPEATABLE))
        self._own = _Own()

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> JsonValue:
        """Reads; `query` is encoded here, `path` must be already."""
        return self._call("GET", path, query=query)

    def post(self, path: str, body: JsonValue) -> JsonValue:
        """Writes once."""
        return self._call("POST", path, body=body)

    def patch(self, path: str, body: JsonValue) -> JsonValue:
        """Changes once."""
        return self._call("PATCH", path, body=body)

    def delete(self, path: str) -> JsonValue:
        """Deletes once."""
        return self._call("DELETE", path)

    def close(self) -> None:
        """Ends this thread's connection; its next call opens another, and another worker process may answer."""
        if self._own.session is not None:
            self._own.session.close()
        self._own.session = None

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
        response = self._send(method, path, first, query, body)
        if response.status_code == 401:
            for other in range(len(self._keys)):
                if other != first and (again := self._send(method, path, other, query, body)).status_code != 401:
                    with self._lock:
                        self._key = other
                    return self._read(again, place, body)
        return self._read(response, place, body)

    def _session(self) -> requests.Session:
        if self._own.session is None:
            self._own.session = requests.Session()
            # A proxy that the environment names is no way to this very machine.
            self._own.session.trust_env = urlsplit(self.url).hostname not in LOOPBACK
            for scheme in ("http://", "https://"):
                self._own.session.mount(scheme, self._connect())
        return self._own.session

    def _send(
        self, method: str, path: str, key: int, query: Mapping[str, str | int] | None, body: JsonValue
    ) -> requests.Response:
        place = f"{self.url}: {method} {path}"
        try:
            return self._session().request(
                method,
                self.url + path,
                params=query,
                json=body,
                headers={"Authorization": f"Bearer {self._keys[key]}"},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            remedy = "trust its certificate (REQUESTS_CA_BUNDLE), or correct litellm.adminUrl"
            raise errors.NotReachable(place, "its TLS certificate is not trusted", remedy) from error
        except requests.exceptions.Timeout as error:
            raise errors.NotReachable(place, "no answer in time", UNREACHABLE) from error
        except requests.exceptions.RequestException as error:
            kind = errors.NotRunning if _nothing_listens(error) else errors.NotReachable
            raise kind(place, "no connection", UNREACHABLE) from error

    def _read(self, response: requests.Response, place: str, body: JsonValue) -> JsonValue:
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


def _nothing_listens(error: requests.exceptions.RequestException) -> bool:
    """Whether the connection was never made; a connection that broke off is another matter."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


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
