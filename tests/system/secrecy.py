"""Looks for secrets where none may be: in files, texts and command lines.

Takes secret values by name, gives a `Leak` for each place and form in which one was found. A value is looked for as it
is, in base64 wherever it stands in the encoded bytes, URL-escaped, and JSON-escaped once and twice (JSON inside a JSON
string is everywhere in what Docker and Pulumi print). No `Leak` holds a value, so that a failing test shows none.
Pure but for reading files; apart from the tests that use it, so that the search itself is tested.
"""

from __future__ import annotations

import base64
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, quote_plus

# A shorter text is found in base64 by chance: three alignments leave as little as a third less of it to look for.
SHORTEST = 12
PERCENT_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, order=True)
class Leak:
    """One secret found in one place.

    Attributes:
        where: The file, or what the text is.
        secret: The secret's name.
        form: How it stands there.
    """

    where: str
    secret: str
    form: str


@dataclass(frozen=True)
class Search:
    """Looks for these secrets.

    Attributes:
        secrets: The values by name.
    """

    secrets: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        short = [name for name, value in self.secrets.items() if len(value) < SHORTEST]
        if short:
            raise ValueError(f"too short to be looked for: {', '.join(short)}; allowed: {SHORTEST} characters or more")

    def in_text(self, where: str, text: str | bytes) -> list[Leak]:
        """The leaks in a text; `where` is what a leak calls it."""
        content = text.encode() if isinstance(text, str) else text
        return [
            Leak(where, name, form)
            for name, forms in self._wanted.items()
            for form, values in forms.items()
            if any(value in content for value in values)
        ]

    def in_texts(self, texts: Mapping[str, str | bytes]) -> list[Leak]:
        """The leaks in several texts by name."""
        return [leak for where, text in texts.items() for leak in self.in_text(where, text)]

    def in_folder(self, folder: Path, *, leave_out: Iterable[Path] = (), since: float = 0.0) -> list[Leak]:
        """The leaks in all files below a folder, names of files included; links are not followed.

        Args:
            folder: Where to look.
            leave_out: Files and folders that are left out.
            since: Only files changed at or after this time (seconds since the epoch).
        """
        skipped = set(leave_out)
        found: list[Leak] = []
        for parent, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if Path(parent, name) not in skipped]
            for path in (Path(parent, name) for name in files):
                if path not in skipped:
                    found += self._in_file(path, since)
        return found

    def _in_file(self, path: Path, since: float) -> list[Leak]:
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_mtime < since:
                return []
            content = path.read_bytes()
        except FileNotFoundError:
            return []  # temporary files come and go
        return self.in_text(str(path), str(path).encode() + b"\n" + content)

    @cached_property
    def _wanted(self) -> Mapping[str, Mapping[str, frozenset[bytes]]]:
        return {name: forms_of(value) for name, value in self.secrets.items()}


def forms_of(value: str) -> dict[str, frozenset[bytes]]:
    """The byte strings to look for, by the name of the form; a form equal to the raw value is left to `raw`."""
    raw = value.encode()
    escaped_in_url, escaped_in_json = _url_escaped(value), _json_escaped(value)
    in_base64 = {part for form in {raw} | escaped_in_url | escaped_in_json for part in _base64(form)}
    return {
        "raw": frozenset({raw}),
        "base64": frozenset(in_base64),
        "URL-escaped": frozenset(escaped_in_url - {raw}),
        "JSON-escaped": frozenset(escaped_in_json - {raw}),
    }


def _url_escaped(value: str) -> set[bytes]:
    every_byte = "".join(f"%{byte:02x}" for byte in value.encode())
    found = {quote(value, safe=""), quote(value), quote_plus(value), every_byte}
    found |= {PERCENT_ESCAPE.sub(lambda escape: escape[0].lower(), text) for text in found}
    found |= {PERCENT_ESCAPE.sub(lambda escape: escape[0].upper(), text) for text in found}
    return {text.encode() for text in found}


def _json_escaped(value: str) -> set[bytes]:
    once = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], _as_go_prints(value)}
    twice = {json.dumps(text)[1:-1] for text in once}
    return {text.encode() for text in once | twice}


def _base64(raw: bytes) -> set[bytes]:
    """What of the value is the same in base64 whatever stands before and after it, in both alphabets."""
    found: set[bytes] = set()
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw)
        # A sign of base64 holds 6 bits: those that a neighbouring byte shares are cut off.
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        found |= {whole[first:last], whole[first:last].translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def _as_go_prints(value: str) -> str:
    """JSON as Go's encoder writes it, which escapes for HTML as well."""
    text = json.dumps(value, ensure_ascii=False)[1:-1]
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
