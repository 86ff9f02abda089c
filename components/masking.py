"""Hides secrets in text that is about to be shown.

Takes the secret values that are known and a text, gives the text without them: as they are, and in the base64, URL,
JSON and Python forms that logs print, one inside another too. What looks like a secret is hidden as well, for those
that nobody told us about. Pure.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus

HIDDEN = "[secret]"
# Shorter values are in too many ordinary words; a secret of that length is none.
SHORTEST = 4
# A part of a text in base64 is hidden where it is long enough to stand in no ordinary word.
SHORTEST_BASE64 = 8

ESCAPES: tuple[Callable[[str], str], ...] = (
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: repr(text)[1:-1],
    # repr escapes this quote only where the text holds the other one as well.
    lambda text: repr(f'{text}"')[1:-2],
)
LOOKS_SECRET = (
    (re.compile(r"\bsk-[A-Za-z0-9_-]{3,}"), HIDDEN),
    (re.compile(r"(\w+://[^\s:/@]*:)[^\s/]*@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/_.=-]{4,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(r"(?i)((?:password|passwd|secret|api[_-]?key|token)[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&]+"),
        rf"\1{HIDDEN}",
    ),
)


def mask(text: str, secrets: Iterable[str]) -> str:
    """Replaces every known secret, the longest form first, then everything that looks like one."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    for pattern, replacement in LOOKS_SECRET:
        text = pattern.sub(replacement, text)
    return text


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    every_byte = "".join(f"%{byte:02x}" for byte in raw)
    return {
        secret,
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        quote(secret, safe=""),
        quote_plus(secret),
        # The entry point escapes every byte.
        every_byte,
        every_byte.upper(),
        repr(raw)[2:-1],
        *_escaped(secret),
        *_inside_base64(raw),
    }


def _escaped(secret: str) -> set[str]:
    """As a text in JSON or in Python, and as that inside another one."""
    once = {escape(secret) for escape in ESCAPES}
    return once | {escape(text) for text in once for escape in ESCAPES}


def _inside_base64(raw: bytes) -> Iterator[str]:
    """What base64 of a longer text shows of the secret, wherever in the text it starts."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw).decode()
        # Signs that hold bits of the neighbours too are left out.
        whole = encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        if len(whole) >= SHORTEST_BASE64:
            yield from (whole, whole.replace("+", "-").replace("/", "_"))
