"""Whose an object is: the marker in `model_info`, `credential_info` and `metadata`, and the ids derived from it.

Takes an owner (`<project>/<stack>`) and an identity; gives the marker and ids, and reads the owner out of what is live.
Nothing without our marker is ever changed or deleted. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

from pydantic import JsonValue

MANAGED_BY = "managed_by"
OURS = "llmproxy"
NOBODY = "(nobody)"
# Noted in the marker of a key's value of before: whose it was.
OLD_OF = "old_of"
KEY_PREFIX = "sk-"


def marker(owner: str, identity: str, **more: JsonValue) -> dict[str, JsonValue]:
    """The fields that say whose an object is."""
    project, _, stack = owner.partition("/")
    return {MANAGED_BY: OURS, OURS: {"project": project, "stack": stack, "identity": identity, **more}}


def without_marker(info: Mapping[str, JsonValue] | None) -> dict[str, JsonValue]:
    """What the object holds besides the marker."""
    return {name: value for name, value in (info or {}).items() if name not in (MANAGED_BY, OURS)}


def owner_of(info: Mapping[str, JsonValue] | None) -> str:
    """The owner as `<project>/<stack>`, or `NOBODY` when the marker is not there or not whole."""
    details = (info or {}).get(OURS)
    if (info or {}).get(MANAGED_BY) != OURS or not isinstance(details, dict):
        return NOBODY
    project, stack = details.get("project"), details.get("stack")
    return f"{project}/{stack}" if project and stack else NOBODY


def noted(info: Mapping[str, JsonValue] | None, name: str) -> str:
    """A further value in the marker; empty when there is none."""
    details = (info or {}).get(OURS)
    value = details.get(name) if isinstance(details, dict) else None
    return value if isinstance(value, str) else ""


def row_id(owner: str, identity: str, content: Mapping[str, JsonValue]) -> str:
    """The id of a model's row: who and what it is, then what is in it."""
    return f"{_digest(owner, identity)[:16]}-{_digest(json.dumps(content, sort_keys=True))[:12]}"


def fingerprint(fingerprint_key: str, *parts: str) -> str:
    """A keyed hash that tells whether a secret changed, and says nothing about it."""
    return _keyed(fingerprint_key, "fingerprint", *parts).hex()[:32]


def key_value(fingerprint_key: str, owner: str, key_alias: str, rotation: int) -> str:
    """A virtual key's value: random to everyone without the key, the same in every run, so that create can adopt."""
    derived = _keyed(fingerprint_key, "virtual key", owner, key_alias, str(rotation))
    return KEY_PREFIX + base64.urlsafe_b64encode(derived).decode().rstrip("=")


def _keyed(key: str, *parts: str) -> bytes:
    return hmac.new(key.encode(), "\0".join(parts).encode(), hashlib.sha256).digest()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
