"""The front doors of an installation with an ingress: requests over HTTPS to its public host names.

The names under `.localhost` lead to this machine in a browser; here the connection goes to the loopback address, and
name and certificate are checked as if it had been resolved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Doors:
    """How to come in.

    Attributes:
        http_port: Of the ingress on this host.
        https_port: Likewise.
        authority: File of the certificate authority that is trusted, and no other.
    """

    http_port: int
    https_port: int
    authority: Path

    def url(self, host: str, path: str = "/") -> str:
        return f"https://{host}:{self.https_port}{path}"

    @contextmanager
    def session(self, host: str) -> Iterator[requests.Session]:
        """A session whose HTTPS requests go to the ingress and are meant for `host`."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.authority)
            session.headers["Host"] = f"{host}:{self.https_port}"
            session.mount("https://", _ToLoopback(host))
            yield session

    def ask(self, method: str, host: str, path: str = "/", **options: Any) -> requests.Response:
        """One request over HTTPS; redirects are given, not followed."""
        with self.session(host) as session:
            return session.request(
                method,
                f"https://{LOOPBACK}:{self.https_port}{path}",
                **{"timeout": 30, "allow_redirects": False, **options},
            )

    def ask_plainly(self, host: str, path: str = "/") -> requests.Response:
        """One request over HTTP, as somebody types who leaves the s out."""
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Host": f"{host}:{self.http_port}"}
            address = f"http://{LOOPBACK}:{self.http_port}{path}"
            return session.get(address, headers=headers, timeout=30, allow_redirects=False)


def host_of(url: str) -> str:
    """The host name in an address."""
    return urlsplit(url).hostname or ""


class _ToLoopback(HTTPAdapter):
    """Checks the certificate against a name that is not the one connected to."""

    def __init__(self, host: str) -> None:
        self._host = host
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **{**options, "server_hostname": self._host, "assert_hostname": self._host})
