"""Dev's own authority: made once, kept to this user, and what it signs is taken by a client that trusts it alone."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations import authority
from operations.authority import Authority, Signed
from operations.errors import OperationsError

HOSTS = ["llm.llmproxy.localhost", "portainer.llmproxy.localhost", "localhost"]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_authority_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    first, second = authority.ensure(folder), authority.ensure(folder)

    assert (first.is_new, second.is_new) == (True, False)
    assert second.certificate == first.certificate
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        "ca.pem": 0o600,
        "ca-key.pem": 0o600,
    }
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_authority_that_ends_soon_is_replaced(tmp_path: Path) -> None:
    first = authority.ensure(tmp_path, NOW)

    second = authority.ensure(tmp_path, NOW + timedelta(days=authority.AUTHORITY_DAYS - 20))

    assert second.is_new
    assert second.certificate != first.certificate


def served(signed: Signed, folder: Path, host: str, trusted: Path) -> str | None:
    """The name that a client which trusts the authority alone reads in a handshake with a server of ours."""
    (folder / "cert.pem").write_text(signed.certificate)
    (folder / "key.pem").write_text(signed.key)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_side.load_verify_locations(trusted)
    one, other = socket.socketpair()

    def serve() -> None:
        with one, server_side.wrap_socket(one, server_side=True):
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with other, client_side.wrap_socket(other, server_hostname=host) as connection:
            return connection.version()
    finally:
        thread.join()


@pytest.mark.parametrize("host", HOSTS)
def test_a_client_that_trusts_the_authority_takes_the_certificate_for_each_host(tmp_path: Path, host: str) -> None:
    made = authority.ensure(tmp_path / "authority")

    assert served(authority.issue(made, HOSTS), tmp_path, host, made.file) == "TLSv1.3"


@pytest.fixture
def made(tmp_path: Path) -> Authority:
    return authority.ensure(tmp_path, NOW)


@pytest.mark.parametrize(
    ("days", "hosts", "reason"),
    [
        (0, HOSTS, None),
        (0, list(reversed(HOSTS)), None),
        (authority.CERTIFICATE_DAYS - 31, HOSTS, None),
        (authority.CERTIFICATE_DAYS - 29, HOSTS, "it ends in 28 days"),
        (authority.CERTIFICATE_DAYS + 1, HOSTS, "it ends in 0 days"),
        (0, [*HOSTS, "netdata.example.com"], "the host names are others now"),
    ],
)
def test_a_certificate_is_due_when_it_ends_soon_or_its_hosts_change(
    made: Authority, days: int, hosts: list[str], reason: str | None
) -> None:
    signed = authority.issue(made, HOSTS, NOW)

    assert authority.why_due(signed.certificate, made, hosts, NOW + timedelta(days=days)) == reason


def test_a_certificate_of_an_authority_that_is_gone_is_due(made: Authority, tmp_path: Path) -> None:
    another = authority.ensure(tmp_path / "another", NOW)

    assert authority.why_due(authority.issue(another, HOSTS, NOW).certificate, made, HOSTS, NOW) is not None


def test_only_what_an_authority_of_ours_signed_is_ours(made: Authority) -> None:
    assert authority.is_ours(authority.issue(made, HOSTS, NOW).certificate)
    assert not authority.is_ours("a certificate that a person pasted")


def test_files_that_are_no_authority_are_refused_with_the_way_out(made: Authority, tmp_path: Path) -> None:
    another = authority.ensure(tmp_path / "another", NOW)
    made.file.write_bytes(another.file.read_bytes())

    with pytest.raises(OperationsError, match=r"ca-key.pem: found another key than that of ca.pem; remove the folder"):
        authority.ensure(tmp_path, NOW)
    made.file.write_text("no PEM")
    with pytest.raises(OperationsError, match="found no certificate with its key; remove the folder"):
        authority.ensure(tmp_path, NOW)


def test_a_key_is_not_shown_where_the_object_is() -> None:
    assert "secret" not in repr(Signed("public", "secret"))
