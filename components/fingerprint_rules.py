"""What must stay the same over the life of the data, and the words when it does not.

Takes what is recorded and what is found; gives error texts. Apart from the provider, so that each rule is a test on
plain values. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

# 2**14 rounds of 1 KiB blocks: about 50 ms, and a guess costs as much.
SCRYPT = {"n": 2**14, "r": 8, "p": 1}
HASH_BYTES = 32


def new_token() -> str:
    """Makes the random mark of a volume; it is no secret."""
    return secrets.token_hex(8)


def fingerprint(key: str, *, owner: str) -> str:
    """Hashes a key so that the hash tells nothing about it.

    Args:
        key: The secret.
        owner: Whose key it is, such as project and stack: two owners of one key have different fingerprints.
    """
    hashed = hashlib.scrypt(key.encode(), salt=f"llmproxy salt key of {owner}".encode(), dklen=HASH_BYTES, **SCRYPT)
    return f"scrypt:{base64.b64encode(hashed).decode()}"


def salt_key_problem(recorded: str, found: str, *, setting: str) -> str | None:
    """Says what is wrong when the salt key is another one."""
    if not recorded or hmac.compare_digest(recorded, found):
        return None
    return (
        "the salt key is not the one that the database was written with: every credential in it would be unreadable; "
        f"put the old key back into the stack config, or set {setting}: true for one up to go on with the new one"
    )


def fixed_problem(recorded: Mapping[str, str], found: Mapping[str, str], *, setting: str) -> str | None:
    """Says which fixed value was changed, such as the database's name."""
    changed = [name for name in sorted(found) if name in recorded and recorded[name] != found[name]]
    if not changed:
        return None
    values = "; ".join(f"{name}: found {found[name]!r}, allowed is {recorded[name]!r}" for name in changed)
    return (
        f"{values}: the volume was filled under that, and its data follows no change; set it back, or move the data "
        f"with dump and restore: make purge, then up (or {setting}: true with a new volume)"
    )


def volume_problem(
    volume: str, *, token: str, labels: Mapping[str, str] | None, label: str, setting: str
) -> str | None:
    """Says what is wrong with the volume that should carry the token; labels None: there is no such volume."""
    if labels is not None and labels.get(label, "") == token:
        return None
    found = "no volume of that name" if labels is None else "a volume that was made anew, without this program's token"
    return (
        f"volume {volume}: found {found}; allowed is the one with the data; restore it, "
        f"or set {setting}: true for one up to start with an empty database"
    )


def foreign_volume_problem(volume: str, *, setting: str) -> str:
    """Says that a volume of our name is there before we made one."""
    return (
        f"volume {volume}: found one that this stack's state does not know; allowed is none; "
        f"remove or rename it, or set {setting}: true for one up to take it over with what is in it"
    )


def identity_problem(service: str, *, recorded: str, found: str, setting: str) -> str | None:
    """Says that another database cluster answers than the recorded one."""
    if not recorded or not found or recorded == found:
        return None
    return (
        f"database {service}: found PostgreSQL system identifier {found}; allowed is {recorded}: this is another "
        f"database; restore the right one, or set {setting}: true for one up to accept it"
    )
