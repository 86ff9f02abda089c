"""The search for secrets finds a leak of each form, and nothing else."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.system.secrecy import Leak, Search

AWKWARD = "k7/w%Qd'\"$ {{é<&>\\p@ss:Zx9"
SEARCH = Search({"password": AWKWARD})


def in_base64(before: str, after: str, *, url: bool = False) -> str:
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    return encode(f"{before}{AWKWARD}{after}".encode()).decode()


def every_byte(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def as_go_prints(text: str) -> str:
    return (
        text.replace("\\", "\\\\")
        .replace('"', '\\"')
        .replace("<", "\\u003c")
        .replace("&", "\\u0026")
        .replace(">", "\\u003e")
    )


PLANTED = {
    "raw": AWKWARD,
    "base64 from its first byte": in_base64("", ""),
    "base64 after one byte": in_base64("x", "!"),
    "base64 after two bytes": in_base64("xy", "!?"),
    "base64 after three bytes": in_base64("xyz", "!"),
    "url-safe base64": in_base64("", "~", url=True),
    "url-safe base64 after one byte": in_base64("~", "~", url=True),
    "url-safe base64 after two bytes": in_base64("~~", "", url=True),
    "URL-escaped": quote(AWKWARD, safe=""),
    "URL-escaped in small letters": re.sub("%..", lambda escape: escape[0].lower(), quote(AWKWARD, safe="")),
    "URL-escaped but for slashes": quote(AWKWARD),
    "URL-escaped as a form field": quote_plus(AWKWARD),
    "every byte escaped": every_byte(AWKWARD),
    "every byte escaped in capitals": every_byte(AWKWARD).upper(),
    "URL-escaped in base64": base64.b64encode(f"postgresql://u:{quote(AWKWARD)}@db/".encode()).decode(),
    "JSON in base64": base64.b64encode(json.dumps({"key": AWKWARD}).encode()).decode(),
    "JSON": json.dumps(AWKWARD),
    "JSON with letters as they are": json.dumps(AWKWARD, ensure_ascii=False),
    "JSON inside a JSON string": json.dumps({"inner": json.dumps({"key": AWKWARD})}),
    "JSON as Go prints it": as_go_prints(AWKWARD),
    "JSON as Go prints it inside a JSON string": json.dumps(as_go_prints(AWKWARD)),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_leak_is_found(planted: str) -> None:
    assert [leak.secret for leak in SEARCH.in_text("log", f"before {planted} after")] == ["password"]


def test_the_forms_are_told_apart() -> None:
    forms = [
        leak.form
        for text in (AWKWARD, in_base64("", ""), quote(AWKWARD), json.dumps(AWKWARD))
        for leak in SEARCH.in_text("log", text)
    ]

    assert forms == ["raw", "base64", "URL-escaped", "JSON-escaped"]


@pytest.mark.parametrize(
    "innocent",
    [
        "",
        AWKWARD[:-1],
        AWKWARD[1:],
        AWKWARD.upper(),
        base64.b64encode(AWKWARD[:-3].encode()).decode(),
        base64.b64encode(AWKWARD[::-1].encode()).decode(),
        quote(AWKWARD[:-1]),
        json.dumps(AWKWARD[:-1]),
        "the password of the database: [secret]",
    ],
)
def test_what_is_no_leak_is_not_reported(innocent: str) -> None:
    assert SEARCH.in_text("log", innocent) == []


def test_a_plain_secret_is_reported_once() -> None:
    assert [leak.form for leak in Search({"key": "sk-abcdefghijkl"}).in_text("log", "sk-abcdefghijkl")] == ["raw"]


def test_each_secret_is_reported_by_its_name() -> None:
    search = Search({"one": "sk-abcdefghijkl", "two": "sk-mnopqrstuvwx"})

    assert search.in_texts({"a": "sk-mnopqrstuvwx", "b": b"\xff sk-abcdefghijkl"}) == [
        Leak("a", "two", "raw"),
        Leak("b", "one", "raw"),
    ]


def test_a_secret_that_is_too_short_to_be_looked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="too short to be looked for: key"):
        Search({"key": "sk-short"})


def test_files_in_every_depth_and_of_any_content_are_read(tmp_path: Path) -> None:
    deep = tmp_path / "a" / ".hidden" / "b"
    deep.mkdir(parents=True)
    (deep / "state").write_bytes(b"\x00\xff" + in_base64("x", "").encode() + b"\x00")

    assert SEARCH.in_folder(tmp_path) == [Leak(str(deep / "state"), "password", "base64")]


def test_the_names_of_files_are_read(tmp_path: Path) -> None:
    search = Search({"key": "sk-abcdefghijkl"})
    (tmp_path / "sk-abcdefghijkl.lock").touch()

    assert [leak.secret for leak in search.in_folder(tmp_path)] == ["key"]


def test_what_is_left_out_or_older_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    for path in (tmp_path / "kept" / "state", tmp_path / "passphrase", tmp_path / "log"):
        path.write_text(AWKWARD, encoding="utf-8")

    left = SEARCH.in_folder(tmp_path, leave_out=[tmp_path / "kept", tmp_path / "passphrase"])

    assert [leak.where for leak in left] == [str(tmp_path / "log")]
    assert SEARCH.in_folder(tmp_path, since=(tmp_path / "log").stat().st_mtime + 60) == []


def test_links_and_sockets_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(AWKWARD, encoding="utf-8")
    searched = tmp_path / "searched"
    searched.mkdir()
    (searched / "link").symlink_to(tmp_path / "outside")
    (searched / "dangling").symlink_to(tmp_path / "nothing")

    assert SEARCH.in_folder(searched) == []


def test_neither_a_leak_nor_the_search_shows_the_value() -> None:
    assert SEARCH.in_text("repr", repr(SEARCH.in_text("log", AWKWARD)) + repr(SEARCH)) == []
