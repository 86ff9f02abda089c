"""One HTTPS or HTTP request to a service as the world reaches it: by host name, at its ingress's address.

Takes host, address and port; gives status, body and the certificate that was shown. The name need not resolve here: DNS
may say nothing of a dev host, and of another machine something else. The standard library's `ssl`, because what the
usual clients hide is asked for: the certificate of a handshake that is then not trusted.
"""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from pydantic import JsonValue

# Traefik shows a certificate of its own where it has none for a name.
STOPGAP = "TRAEFIK DEFAULT CERT"
NONE_YET = (
    "Traefik has none for this name, and shows one of its own; docker service logs of its service says what the ACME "
    "server answered, or the own certificate (tls-certificate) does not name it"
)


@dataclass(frozen=True)
class Address:
    """Where a host name is reached.

    Attributes:
        host: The name that is asked for.
        machine: Where its ingress listens.
        is_tls: False: plain HTTP.
        authority: A certificate authority that is trusted besides the system's.
    """

    host: str
    machine: str
    port: int
    is_tls: bool = True
    authority: Path | None = None

    @property
    def url(self) -> str:
        """As it is typed."""
        usual = 443 if self.is_tls else 80
        return f"{'https' if self.is_tls else 'http'}://{self.host}{'' if self.port == usual else f':{self.port}'}"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Shown:
    """The certificate of a handshake.

    Attributes:
        ends: When it ends.
        distrust: Why it is not trusted; None where it is.
    """

    ends: datetime
    distrust: str | None


def certificate(address: Address, seconds: float) -> Shown:
    """The certificate that is shown for the host, trusted or not.

    Raises:
        OSError: Nobody answers there, or not in TLS.
    """
    distrust = None
    try:
        with _connected(address, seconds, verifies=True) as connection:
            shown = _shown(connection)
    except ssl.SSLCertVerificationError as error:
        distrust = error.verify_message
        with _connected(address, seconds, verifies=False) as connection:
            shown = _shown(connection)
        is_stopgap = STOPGAP in shown.subject.rfc4514_string()
        distrust = f"{NONE_YET} ({distrust})" if is_stopgap else distrust
    return Shown(shown.not_valid_after_utc, distrust)


def request(
    address: Address,
    method: str = "GET",
    path: str = "/",
    *,
    document: JsonValue = None,
    headers: Mapping[str, str] | None = None,
    seconds: float,
    verifies: bool = True,
) -> Answer:
    """Asks once.

    Raises:
        OSError: No answer, or a certificate that is not trusted.
        http.client.HTTPException: An answer that is no HTTP.
    """
    body = None if document is None else json.dumps(document)
    given = {} if body is None else {"Content-Type": "application/json"}
    with _connected(address, seconds, verifies=verifies) as connection:
        client = http.client.HTTPConnection(address.host, address.port, timeout=seconds)
        client.sock = connection
        client.request(method, path, body, {**given, **(headers or {})})
        answer = client.getresponse()
        return Answer(answer.status, answer.read())


def _connected(address: Address, seconds: float, *, verifies: bool) -> socket.socket:
    plain = socket.create_connection((address.machine, address.port), timeout=seconds)
    if not address.is_tls:
        return plain
    context = ssl.create_default_context()
    if address.authority is not None and address.authority.exists():
        context.load_verify_locations(address.authority)
    if not verifies:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        return context.wrap_socket(plain, server_hostname=address.host)
    except BaseException:
        plain.close()
        raise


def _shown(connection: socket.socket) -> x509.Certificate:
    shown = connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLSocket) else None
    if not shown:
        raise ssl.SSLError("no certificate was shown")
    return x509.load_der_x509_certificate(shown)
