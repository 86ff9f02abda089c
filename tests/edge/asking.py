"""A client of the ingress: asks a host name at this machine, from an address of choice."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """What the echo says reached it."""
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass(frozen=True)
class Client:
    """Where requests go to and come from.

    Attributes:
        address: Of the machine that is asked.
        source: Address of this machine that requests come from; None leaves it to the system.
        ca: File with the authority that is trusted; None speaks plain HTTP.
    """

    address: str
    port: int
    ca: Path | None = None
    source: str | None = None
    timeout_seconds: float = 60
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self,
        host: str,
        path: str = "/",
        *,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends one request: POST with a body, GET without. One in pieces needs a Content-Length."""
        connection = self._connection(host)
        try:
            sent = {"Host": host, **self.headers, **(headers or {})}
            connection.request("GET" if body is None else "POST", path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    @contextmanager
    def taken_over(self, host: str, path: str) -> Iterator[socket.socket]:
        """A connection that the server has agreed to speak another protocol on."""
        connection = self._connection(host)
        try:
            connection.request("GET", path, headers={"Host": host, "Connection": "Upgrade", "Upgrade": "echo"})
            assert connection.getresponse().status == HTTPStatus.SWITCHING_PROTOCOLS
            yield connection.sock
        finally:
            connection.close()

    def served_certificate(self, host: str) -> dict[str, Any]:
        """The certificate of a host name, which is checked against the authority."""
        with self._tls(host) as tls:
            found = tls.getpeercert()
            assert found is not None
            return dict(found)

    def _connection(self, host: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(host, self.port, timeout=self.timeout_seconds)
        connection.sock = self._tcp() if self.ca is None else self._tls(host)
        return connection

    def _tcp(self) -> socket.socket:
        source = (self.source, 0) if self.source else None
        return socket.create_connection((self.address, self.port), self.timeout_seconds, source)

    def _tls(self, host: str) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=self.ca)
        tcp = self._tcp()
        try:
            return context.wrap_socket(tcp, server_hostname=host)
        except BaseException:
            tcp.close()
            raise


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Waits for a condition; what cannot be reached yet counts as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (OSError, ValueError, http.client.HTTPException):
            pass
        time.sleep(0.25)
    raise AssertionError(f"after {seconds:g} s still not: {what}")
