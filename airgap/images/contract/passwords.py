"""Passwords as the products keep them: bcrypt, which the standard library reaches through the C library's crypt."""

from __future__ import annotations

import hmac
import warnings

ROUNDS = 2**10  # Go's default cost
MAX_BYTES = 72  # Go's bcrypt refuses what is longer; crypt would cut it off
HASH_BEGINNINGS = ("$2a$", "$2b$", "$2y$")


def hashed(password: str) -> str:
    """The bcrypt hash of a password.

    Raises:
        ValueError: It is longer than bcrypt takes.
    """
    if len(password.encode()) > MAX_BYTES:
        raise ValueError("password length exceeds 72 bytes")
    return _crypt(password, None)


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one of which a hash was kept."""
    return bool(kept) and hmac.compare_digest(_crypt(password, kept), kept)


def is_hash(text: str) -> bool:
    """Whether a text is a hash and not a password, by its beginning, as the products look."""
    return text.startswith(HASH_BEGINNINGS)


def _crypt(password: str, kept: str | None) -> str:
    # Here and not at the top: Python 3.13 has no such module, and 3.11, which the images have, warns of that.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import crypt

    return crypt.crypt(password, kept or crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=ROUNDS))  # noqa: S324  bcrypt
