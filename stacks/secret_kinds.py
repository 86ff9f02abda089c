"""What each secret of the stack config must look like.

Takes a secret's name, gives its `SecretKind`: what is allowed, what is wrong with a value, how it is typed. Apart from
`stack_secrets.py`, because the commands look at a value before they put it into the config. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stacks import certificate_pair
from stacks.password_file import LONGEST_PASSWORD_BYTES, htpasswd_fault, password_fault


@dataclass(frozen=True)
class SecretKind:
    """What a secret must look like.

    Attributes:
        allowed: In words.
        fault: Says what is wrong with a value, without showing it; None when nothing is.
        typed_from: The end of the command that sets it.
    """

    allowed: str
    fault: Callable[[str], str | None]
    typed_from: str = ""


def of(name: str) -> SecretKind:
    """The kind of the secret of that name."""
    return KINDS.get(name, ONE_LINE)


def fault(name: str, value: str) -> str | None:
    """Says what is wrong with a value, without showing it; None when nothing is."""
    return of(name).fault(value) if value else "it is empty"


def _no_line(value: str) -> str | None:
    # PostgreSQL's first start reads the first line of the file, clients send all of it.
    return "it holds a line break or NUL" if any(sign in value for sign in "\n\r\0") else None


def _no_password_for_bcrypt(value: str) -> str | None:
    if value.startswith(BCRYPT_BEGINNINGS):
        return "it begins like a bcrypt hash, so the service would take it for one"
    return password_fault(value)


BCRYPT_BEGINNINGS = ("$2a$", "$2b$", "$2y$")
ONE_LINE = SecretKind("one line of any characters", _no_line)
HASHED_BY_BCRYPT = SecretKind(f"one line of at most {LONGEST_PASSWORD_BYTES} bytes, no hash", _no_password_for_bcrypt)
KINDS: Mapping[str, SecretKind] = {
    # Portainer and CLIProxyAPI, in Go, end at their start where bcrypt refuses the password.
    "portainer-admin-password": HASHED_BY_BCRYPT,
    "cli-proxy-api-management-key": HASHED_BY_BCRYPT,
    # Hashed by this program.
    "basic-auth-password": SecretKind(f"one line of at most {LONGEST_PASSWORD_BYTES} bytes", password_fault),
    "basic-auth-htpasswd": SecretKind(
        "one line user:hash, as `htpasswd -nB user` prints it, with $ or $$", htpasswd_fault
    ),
    "tls-certificate": SecretKind(
        "PEM text, the certificate first and its chain after it", certificate_pair.certificate_fault, " < FILE"
    ),
    "tls-key": SecretKind(
        "the PEM private key of tls-certificate, without a passphrase", certificate_pair.key_fault, " < FILE"
    ),
    "tls-authority": SecretKind(
        "PEM text, the certificates of the authorities that signed what the public names show",
        certificate_pair.certificate_fault,
        " < FILE",
    ),
}
