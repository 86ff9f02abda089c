"""Where a passed-through setting may refer to a variable of the gateway, `os.environ/NAME`.

Takes a place in `litellm.yaml` and the text there, gives the variable's name. LiteLLM 1.81.12 resolves what begins
with a reference when it reads its configuration, and writes all of that into its database at the next change of a
setting (measured): the secret stands there in clear, and a later value is not used. Two places it looks up only when
it uses them, and writes back as they stand. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stacks.settings_errors import Path

ANY = re.compile(r"os\.environ/([A-Za-z_][A-Za-z0-9_]*)?")


@dataclass(frozen=True)
class _LateReference:
    """A place that LiteLLM looks up when it uses it.

    Attributes:
        place: The keys that lead there, joined by dots.
        text: The only form that LiteLLM finds there (read in 1.81.12 and 1.109.1); its group is the variable's name.
        example: That form, for a person.
    """

    place: re.Pattern[str]
    text: re.Pattern[str]
    example: str


_LATE_REFERENCES = (
    _LateReference(
        re.compile(r"pass_through_endpoints\.\d+\.headers\.(?!LANGFUSE_(PUBLIC|SECRET)_KEY$).+"),
        # One word first, for what begins with the reference is resolved early; and no more, it may be a secret.
        re.compile(r"[A-Za-z]+[ =:]os\.environ/([A-Za-z_][A-Za-z0-9_]*)"),
        "Bearer os.environ/NAME",
    ),
    _LateReference(
        re.compile(r"alert_to_webhook_url\.\w+\.\d+"),
        re.compile(r"os\.environ/([A-Za-z_][A-Za-z0-9_]*)"),
        "os.environ/NAME",
    ),
)


def variable(place: Path, text: str) -> str | None:
    """Gives the variable that a text refers to where that may be; None for any other text."""
    late = _at(place)
    found = late.text.fullmatch(text) if late else None
    return found[1] if found else None


def example(place: Path) -> str | None:
    """Gives the form of a reference that may stand at this place; None where none may."""
    late = _at(place)
    return late.example if late else None


def _at(place: Path) -> _LateReference | None:
    steps = ".".join(map(str, place))
    return next((late for late in _LATE_REFERENCES if late.place.fullmatch(steps)), None)
