"""A door is tried as the world would: by name, wherever it listens, with the certificate that is really shown."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations import authority, https_door
from operations.authority import Authority
from operations.https_door import Address
from operations.status import doors
from tests.edge import certificates

HOST = "llm.llmproxy.localhost"


class Page(http.server.BaseHTTPRequestHandler):
    """Says which host was asked for, and what was sent."""

    def do_GET(self) -> None:
        self._answer(404 if self.path == "/none" else 200)

    def do_PUT(self) -> None:
        self._answer(200)

    def _answer(self, status: int) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = f"{self.headers['Host']} {sent.decode()}".strip().encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
        """Says nothing."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority.ensure(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(made: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of one host name behind TLS."""
    signed = authority.issue(made, [HOST])
    with served(tmp_path_factory.mktemp("server"), signed.certificate, signed.key) as found:
        yield found


@contextmanager
def served(folder: Path, certificate: str, key: str) -> Iterator[int]:
    """A server behind TLS; gives its port."""
    (folder / "cert.pem").write_text(certificate)
    (folder / "key.pem").write_text(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_host_that_no_dns_knows_is_asked_at_its_machine_and_trusted(made: Authority, port: int) -> None:
    door = doors.ask(Address(HOST, "127.0.0.1", port, authority=made.file))

    assert (door.answer, door.is_well, door.distrust) == ("200", True, None)
    assert door.url == f"https://{HOST}:{port}"
    assert door.certificate_ends is not None
    left = door.certificate_ends - datetime.now(UTC)
    assert timedelta(days=396) < left <= timedelta(days=397)


@pytest.mark.parametrize(
    ("host", "authority_file", "words"),
    [(HOST, Path("/none"), "unable to get local issuer certificate"), ("other.localhost", None, "Hostname mismatch")],
)
def test_a_certificate_that_is_not_trusted_is_told_with_the_reason_and_its_end(
    made: Authority, port: int, host: str, authority_file: Path | None, words: str
) -> None:
    door = doors.ask(Address(host, "127.0.0.1", port, authority=authority_file or made.file))

    assert door.is_well
    assert door.certificate_ends is not None
    assert door.distrust is not None
    assert words in door.distrust


def test_a_name_for_which_traefik_has_no_certificate_is_told_with_where_to_look(
    made: Authority, tmp_path: Path
) -> None:
    stopgap = certificates.Authority().issue(https_door.STOPGAP)
    with served(tmp_path, stopgap.certificate, stopgap.key) as found:
        door = doors.ask(Address(HOST, "127.0.0.1", found, authority=made.file))

    assert door.distrust is not None
    assert door.distrust.startswith("Traefik has none for this name, and shows one of its own; docker service logs ")


def test_a_port_where_nobody_listens_is_told_in_one_line() -> None:
    door = doors.ask(Address(HOST, "127.0.0.1", 1))

    assert (door.answer, door.is_well) == ("does not answer (Connection refused)", False)


def test_a_document_is_sent_to_the_host_and_its_answer_given(made: Authority, port: int) -> None:
    address = Address(HOST, "127.0.0.1", port, authority=made.file)

    answer = https_door.request(address, "PUT", "/x", document={"a": 1}, seconds=5)

    assert (answer.status, answer.body) == (200, f'{HOST}:{port} {{"a": 1}}'.encode())


def test_a_secret_goes_only_to_whom_is_trusted(port: int) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        https_door.request(Address(HOST, "127.0.0.1", port), document={"password": "x"}, seconds=5)
