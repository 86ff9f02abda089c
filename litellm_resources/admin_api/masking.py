"""Hides secrets in text that came from a server and is about to be shown.

Takes the secrets that are known and a text, gives the text without them, and without what looks like one. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

from pydantic import JsonValue

HIDDEN = "[secret]"
# Shorter values are in too many ordinary words; a secret of that length is none.
SHORTEST = 4
# LiteLLM echoes the last signs of a key that it refuses, and its hash.
REFUSED_KEY = re.compile(r"[.\s]*Received API Key = .*", re.DOTALL)
LOOKS_SECRET = re.compile(r"\bsk-[A-Za-z0-9_*-]{3,}|(?<=://)[^\s/@]*:[^\s/]*(?=@)")


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Replaces every known secret, raw, URL- and JSON-escaped, and everything that looks like one."""
    known = (secret for secret in secrets if len(secret) >= SHORTEST)
    forms = {form for secret in known for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return LOOKS_SECRET.sub(HIDDEN, REFUSED_KEY.sub("", text))


def secrets_in(body: JsonValue) -> list[str]:
    """Gives the texts of a request that are secrets by their name."""
    if isinstance(body, list):
        return [text for part in body for text in secrets_in(part)]
    if not isinstance(body, dict):
        return []
    own = [value for name, value in body.items() if name in ("key", "api_key", "auth_value") and isinstance(value, str)]
    return own + [text for part in body.values() for text in secrets_in(part)]
