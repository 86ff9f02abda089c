"""The users file of basic auth, and a certificate with its key."""

from __future__ import annotations

import bcrypt
import pytest

from stacks import certificate_pair, password_file
from tests.edge.certificates import Authority


def test_the_hash_is_the_same_at_every_preview_and_opens_with_the_password() -> None:
    first, second = (password_file.hashed_line("admin", "pä$$ word", salt_key="s") for _ in range(2))
    assert first == second
    user, _, hashed = first.partition(":")
    assert user == "admin"
    assert bcrypt.checkpw("pä$$ word".encode(), hashed.encode())
    assert password_file.htpasswd_fault(first) is None


@pytest.mark.parametrize(("user", "password", "salt_key"), [("b", "p", "s"), ("a", "q", "s"), ("a", "p", "t")])
def test_another_user_password_or_salt_key_is_another_salt(user: str, password: str, salt_key: str) -> None:
    def salt(line: str) -> str:
        return line.partition(":")[2][7:29]

    assert salt(password_file.hashed_line(user, password, salt_key=salt_key)) != salt(
        password_file.hashed_line("a", "p", salt_key="s")
    )


def test_a_line_for_a_compose_file_is_the_same_line() -> None:
    line = password_file.hashed_line("admin", "p", salt_key="s")
    assert password_file.given_line(line.replace("$", "$$")) == password_file.given_line(line) == line


# bcrypt's cost is from 04 to 31.
COSTS = [f"admin:$2y${cost}${'x' * 53}" for cost in ("03", "32", "99")]


@pytest.mark.parametrize(
    "line", ["admin", "admin:plain", "admin:$2b$10$short", "a b:{SHA}x", "admin:x\nroot:x", *COSTS]
)
def test_what_traefik_could_not_read_is_refused(line: str) -> None:
    assert password_file.htpasswd_fault(line) is not None


@pytest.mark.parametrize("line", ["u:$apr1$abcdefgh$" + "x" * 22, "u:{SHA}" + "x" * 28, "u:$$2y$$10$$" + "x" * 53])
def test_every_kind_that_htpasswd_makes_is_taken(line: str) -> None:
    assert password_file.htpasswd_fault(line) is None


def test_a_password_that_bcrypt_would_cut_is_refused() -> None:
    assert password_file.password_fault("x" * 72) is None
    assert password_file.password_fault("ü" * 37) is not None


def test_a_key_fits_its_own_certificate_only() -> None:
    authority = Authority()
    one, other = authority.issue("a.example.com"), authority.issue("a.example.com")
    assert certificate_pair.fits(one.certificate + authority.certificate, one.key)
    assert not certificate_pair.fits(one.certificate, other.key)


def test_what_is_no_certificate_and_no_key_is_said_without_showing_it() -> None:
    pair = Authority().issue("a.example.com")
    assert certificate_pair.certificate_fault(pair.certificate) is None
    assert certificate_pair.key_fault(pair.key) is None
    for fault in (certificate_pair.certificate_fault("marker"), certificate_pair.key_fault("marker")):
        assert fault is not None
        assert "marker" not in fault
