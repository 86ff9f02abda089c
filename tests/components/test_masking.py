"""No secret survives in a text that is shown."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from components.masking import mask

SECRET = 'hüsh/h"ush+1&2'
AWKWARD = '"it\'s" a\\b\x1bü'
ONE_QUOTE = AWKWARD.replace('"', "")


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        quote(SECRET, safe=""),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        "".join(f"%{byte:02x}" for byte in SECRET.encode()),
    ],
)
def test_a_known_secret_is_hidden_in_every_form_that_logs_print(form: str) -> None:
    assert mask(f"before {form} after", [SECRET]) == "before [secret] after"


@pytest.mark.parametrize(
    "form",
    [
        json.dumps(json.dumps({"password": AWKWARD})),
        json.dumps(json.dumps({"password": AWKWARD}, ensure_ascii=False), ensure_ascii=False),
        repr({"password": AWKWARD}),
        repr(ONE_QUOTE),
        repr({"password": AWKWARD.encode()}),
        json.dumps(repr([AWKWARD])),
        repr(json.dumps([AWKWARD])),
        repr(f'log "{AWKWARD}" line'),
        repr(f'log "{ONE_QUOTE}" line'),
    ],
)
def test_a_secret_is_hidden_as_python_prints_it_and_in_a_text_within_a_text(form: str) -> None:
    shown = mask(form, [AWKWARD, ONE_QUOTE])
    assert "[secret]" in shown
    assert "it" not in shown


@pytest.mark.parametrize("before", ["", "u", "us", "user:", "longer:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_is_hidden_in_base64_of_a_longer_text_wherever_it_starts(
    before: str, encode: Callable[[bytes], bytes]
) -> None:
    secret = "???>>>hush-hush"
    encoded = encode(f"{before}{secret} and more".encode()).decode()
    shown = mask(f"auth {encoded}.", [secret])
    assert "[secret]" in shown
    # What is left beside the mark may hold bits of the first and the last sign, no sign of the middle.
    kept = shown.removeprefix("auth ").split("[secret]")[0]
    assert len(kept) * 6 // 8 <= len(before) + 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("key sk-abcdef123", "key [secret]"),
        ("postgresql://u:p@ss@db:5432/n", "postgresql://u:[secret]@db:5432/n"),
        ("Authorization: Bearer abcd.efgh", "Authorization: Bearer [secret]"),
        ("password=hunter22, user=u", "password=[secret], user=u"),
        ('{"api_key": "abc"}', '{"api_key": "[secret]"}'),
    ],
)
def test_what_looks_like_a_secret_is_hidden_although_nobody_told(text: str, masked: str) -> None:
    assert mask(text, []) == masked


@pytest.mark.parametrize("text", ["http://db:5432/health", "task: non-zero exit (3)", "skip this", "risk-free"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert mask(text, []) == text


def test_a_longer_secret_is_not_left_in_half_by_a_shorter_one() -> None:
    assert mask("hush-hush-1", ["hush", "hush-hush-1"]) == "[secret]"
