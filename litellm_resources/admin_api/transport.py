"""HTTP by requests: one connection a thread, one request in, one response or one typed error out.

Takes an address and what makes a transport adapter. Only what is safe to repeat is repeated, by urllib3's own retry:
reads, and whatever did not get as far as a connection. Apart from `client.py`, because the program that only declares
resources loads that and never calls: requests costs a third of a second of CPU time to import.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import JsonValue
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.util import Retry

from litellm_resources.admin_api import errors

CONNECT_SECONDS = 3.0
READ_SECONDS = 60.0
# Of a Retry-After before a read is repeated: a proxy that names an hour is no reason for a run to stand still so long.
LONGEST_WAIT_SECONDS = 20
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
    retry_after_max=LONGEST_WAIT_SECONDS,
)
UNREACHABLE = "start the gateway (make up), or correct litellm.adminUrl"


class _Own(threading.local):
    session: requests.Session | None = None
    # Proxies and certificates that the environment names for the gateway.
    settings: Mapping[str, Any] = {}


class Transport:
    """Sends to one gateway. May be shared by threads.

    Each thread has a connection of its own and keeps it: so a read goes to the worker process that took the write
    before, the only one to know of it at once.
    """

    def __init__(self, url: str, connect: Callable[[], BaseAdapter] | None = None) -> None:
        self._url = url
        self._connect = connect or (lambda: HTTPAdapter(pool_maxsize=1, max_retries=REPEATABLE))
        self._own = _Own()

    def send(
        self, method: str, path: str, key: str, query: Mapping[str, str | int] | None, body: JsonValue
    ) -> requests.Response:
        """Sends once, as the owner of `key`; the time it may take is limited.

        Raises:
            errors.NotReachable: No connection, none that can be trusted, or no answer in time.
        """
        place = f"{self._url}: {method} {path}"
        try:
            session = self._session()
            # Not by `session.request`: it looks for proxies at each call, and the password of a ~/.netrc for this host
            # would take the key's place.
            headers = {**session.headers, "Authorization": f"Bearer {key}"}
            request = requests.Request(method, self._url + path, headers=headers, params=query, json=body).prepare()
            timeout = (CONNECT_SECONDS, READ_SECONDS)
            return session.send(request, timeout=timeout, allow_redirects=False, **self._own.settings)
        except requests.exceptions.SSLError as error:
            remedy = "trust its certificate (REQUESTS_CA_BUNDLE), or correct litellm.adminUrl"
            raise errors.NotReachable(place, "its TLS certificate is not trusted", remedy) from error
        except requests.exceptions.Timeout as error:
            raise errors.NotReachable(place, "no answer in time", UNREACHABLE) from error
        except requests.exceptions.RequestException as error:
            kind = errors.NotRunning if _nothing_listens(error) else errors.NotReachable
            raise kind(place, "no connection", UNREACHABLE) from error

    def close(self) -> None:
        """Ends this thread's connection; its next call opens another, and another worker process may answer."""
        if self._own.session is not None:
            self._own.session.close()
        self._own.session = None

    def _session(self) -> requests.Session:
        if self._own.session is None:
            session = self._own.session = requests.Session()
            # A proxy that the environment names is no way to this very machine.
            session.trust_env = urlsplit(self._url).hostname not in LOOPBACK
            self._own.settings = session.merge_environment_settings(self._url, {}, stream=None, verify=None, cert=None)
            for scheme in ("http://", "https://"):
                session.mount(scheme, self._connect())
        return self._own.session


def _nothing_listens(error: requests.exceptions.RequestException) -> bool:
    """Whether the connection was never made; a connection that broke off is another matter."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
