"""The users file of basic auth: one htpasswd line, as Traefik reads it.

Takes a user and a password and gives the line with a bcrypt hash that is the same at every preview, or takes a line
that somebody made with htpasswd. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import bcrypt

# bcrypt takes no more than these: a longer password is cut in silence, or refused at the start of what is in Go.
LONGEST_PASSWORD_BYTES = 72
ROUNDS = 10
_PURPOSE = "llmproxy: salt of basic auth: "
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BCRYPTS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# The kinds that Traefik knows: bcrypt with a cost that there is, Apache's MD5, and SHA-1.
_BCRYPT = r"\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}"
_LINE = re.compile(rf"[^:\s]+:({_BCRYPT}|\$apr1\$[^$\s]{{1,8}}\$\S{{22}}|\{{SHA\}}\S{{28}})")


def hashed_line(user: str, password: str, *, salt_key: str) -> str:
    """Gives the line of a user; equal arguments give an equal line.

    Args:
        user: Without a colon.
        password: At most 72 bytes.
        salt_key: What the salt is derived with: who does not know it can guess the password only through bcrypt.
    """
    text = f"{_PURPOSE}{user}:{password}"
    digest = hmac.new(salt_key.encode(), text.encode(), hashlib.sha256).digest()[:16]
    digits = base64.b64encode(digest).decode().rstrip("=").translate(str.maketrans(_STANDARD, _BCRYPTS))
    return f"{user}:{bcrypt.hashpw(password.encode(), f'$2b${ROUNDS}${digits}'.encode()).decode()}"


def given_line(line: str) -> str:
    """Gives a line as Traefik reads it: `$$`, which compose files need in place of `$`, is one `$`."""
    return line.replace("$$", "$")


def htpasswd_fault(line: str) -> str | None:
    """Says what is wrong with a given line, without showing it; None when nothing is."""
    if any(sign in line for sign in "\n\r\0"):
        return "it holds a line break or NUL"
    if not _LINE.fullmatch(given_line(line)):
        return "it is no htpasswd line of a kind that Traefik knows (bcrypt, apr1, SHA)"
    return None


def password_fault(password: str) -> str | None:
    """Says what is wrong with a password, without showing it; None when nothing is."""
    if any(sign in password for sign in "\n\r\0"):
        return "it holds a line break or NUL"
    if len(password.encode()) > LONGEST_PASSWORD_BYTES:
        return f"it has more than {LONGEST_PASSWORD_BYTES} bytes, more than bcrypt can take"
    return None
