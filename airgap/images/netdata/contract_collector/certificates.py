"""Certificates: context and dimension of go.d.plugin's collector `x509check`, depth 0 only."""

from __future__ import annotations

import socket
import ssl
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from .job_files import Job
from .protocol import Chart, Dimension


def collect(job: Job) -> list[tuple[Chart, Mapping[str, int]]]:
    """Reads the certificate that the source shows now.

    Raises:
        OSError: The source does not answer.
    """
    source = job.text("source")
    certificate = _decoded(_pem(source, job.number("timeout", 2)))
    left = round(ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time())
    chart = Chart(
        "cert_depth0_time_until_expiration",
        "Time Until Certificate Expiration",
        "seconds",
        "expiration time",
        "x509check.time_until_expiration",
        [Dimension("cert_depth0_expiry", "expiry")],
        {"source": source, "depth": "0"},
    )
    return [(chart, {"cert_depth0_expiry": left})]


def _pem(source: str, timeout: float) -> str:
    url = urlsplit(source)
    if url.scheme == "file":
        return Path(url.path).read_text(encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = (url.hostname or "", url.port or 443)
    with (
        socket.create_connection(address, timeout=timeout) as plain,
        context.wrap_socket(plain, server_hostname=url.hostname) as secured,
    ):
        found = secured.getpeercert(binary_form=True)
    return ssl.DER_cert_to_PEM_cert(found or b"")


def _decoded(pem: str) -> Mapping[str, object]:
    # The only reader of a certificate in the standard library takes a file.
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pem)
        file.flush()
        found: Mapping[str, object] = ssl._ssl._test_decode_cert(file.name)  # type: ignore[attr-defined]
    return found
