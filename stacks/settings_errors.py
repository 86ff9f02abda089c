"""What is wrong with a settings document, in words for the person who wrote it.

Takes pydantic's errors, gives one line a mistake: place, what was found, what is allowed, what to do. Apart from
`settings.py` because that file is the list of settings and should read as one. Values are shown: settings hold no
secret by design, and a value that looks like one is masked all the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import get_args

from pydantic import BaseModel, ValidationError  # noqa: TID251  (names any model, derives none)
from pydantic_core import ErrorDetails

from litellm_resources.resolver.errors import ALLOWED_WORDS
from stacks.settings_base import Strict

Path = tuple[int | str, ...]

SECRET_SHAPE = re.compile(r"sk-\S{6,}|://[^/\s:]+:[^@\s]+@")

_ALLOWED: Mapping[str, str] = {
    **ALLOWED_WORDS,
    "string_too_short": "a string that is not empty",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
_REMEDIES: Mapping[str, str] = {
    "string_too_short": "write one, or take the line out",
    "greater_than": "choose a larger one",
    "greater_than_equal": "choose a larger one",
    "less_than_equal": "choose a smaller one",
}
_WITHOUT_QUOTATION_MARKS = {
    "int_type": re.compile(r"[+-]?[0-9]+"),
    "float_type": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?"),
    "bool_type": re.compile("true|false", re.IGNORECASE),
}


class SettingsError(Exception):
    """The settings of a stack cannot be used. `problems` holds one line a mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Faults(ValueError):
    """Several mistakes inside one setting, found by a check of its own: what is wrong, by its place within it."""

    def __init__(self, by_place: Mapping[Path, str]) -> None:
        super().__init__("; ".join(by_place.values()))
        self.by_place = by_place


def problems_of(error: ValidationError, root: type[BaseModel], place: str) -> tuple[str, ...]:
    """Gives one line for each mistake that `error` holds about a document of the model `root`."""
    return tuple(line for detail in error.errors(include_url=False) for line in _lines(detail, root, place))


def _lines(detail: ErrorDetails, root: type[BaseModel], place: str) -> Iterator[str]:
    cause = detail.get("ctx", {}).get("error")
    if not isinstance(cause, Faults):
        yield _line(detail, root, place)
        return
    for inner, text in cause.by_place.items():
        yield f"{'.'.join(map(str, (place, *detail['loc'], *inner)))}: {text}"


def _line(detail: ErrorDetails, root: type[BaseModel], place: str) -> str:
    path = ".".join(str(part) for part in detail["loc"])
    where = f"{place}.{path}" if path else place
    if detail["type"] == "extra_forbidden":
        model = _model_around(root, detail["loc"])
        reason = model.CANNOT_BE_SET.get(str(detail["loc"][-1])) if issubclass(model, Strict) else None
        if reason is not None:
            return f"{where}: found {shown(detail['input'])}; {reason}"
        names = sorted(field.alias or name for name, field in model.model_fields.items())
        near = difflib.get_close_matches(str(detail["loc"][-1]), names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "remove it"
        return f"{where}: unknown setting; allowed here: {', '.join(names)}; {hint}"
    if detail["type"] == "value_error":
        return f"{where.removesuffix('.[key]')}: {SECRET_SHAPE.sub('***', str(detail['ctx']['error']))}"
    if detail["type"] == "missing":
        return f"{where}: found nothing; allowed: this setting, which is required here; add it"
    allowed = _ALLOWED.get(detail["type"], detail["msg"]).format(**detail.get("ctx", {}))
    return f"{where}: found {shown(detail['input'])}; allowed: {allowed}; {_remedy(detail)}"


def shown(value: object) -> str:
    """What was found, in words; what looks like a secret is masked."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            text = SECRET_SHAPE.sub("***", repr(value) if isinstance(value, str) else str(value))
            return text if len(text) <= 60 else f"{text[:57]}…"


def _remedy(detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind in {"model_type", "dict_type"} and value is None:
        return "write what is meant below it, or take the line out"
    if kind == "list_type" and isinstance(value, str):
        return "put it into brackets: [ ]"
    if kind == "string_type" and isinstance(value, bool | int | float | date):
        return "put it into quotation marks"
    if kind in _WITHOUT_QUOTATION_MARKS and isinstance(value, str) and _WITHOUT_QUOTATION_MARKS[kind].fullmatch(value):
        return "write it without quotation marks"
    if kind == "literal_error":
        words = {word.lower(): word for word in re.findall("'([^']+)'", detail["ctx"]["expected"])}
        near = difflib.get_close_matches(str(value).lower(), words, n=1, cutoff=0.5)
        return f"did you mean {words[near[0]]}?" if near else "choose one of these"
    return _REMEDIES.get(kind, "write that in its place")


def _model_around(root: type[BaseModel], location: Path) -> type[BaseModel]:
    """The model of the object that holds the unknown key at `location`."""
    model = root
    for part in location[:-1]:
        field = next((f for f in model.model_fields.values() if f.alias == part), None)
        nested = _model_in(field.annotation) if field is not None else None
        if nested is None:
            break
        model = nested
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model that an annotation such as `X | None` holds."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
