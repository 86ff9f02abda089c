"""One value put into a JSON file as a person would: every other line stays as it is.

Takes the text, a path and a value; gives the text with the value at that path, new objects around it where the path
leads through none yet. Apart, because reading and writing the file again would break up every line that people wrote
short.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

DEFAULT_UNIT = "    "
INDENTED = re.compile(r"^([ \t]+)\S", re.MULTILINE)
SPACE = re.compile(r"\s*")
DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Span:
    """Where a value stands in the text; `end` is behind it."""

    start: int
    end: int


def with_value(text: str, path: tuple[str, ...], value: JsonValue) -> str:
    """The text with a value at a path; one that is there is replaced, unless both are objects: these merge.

    Raises:
        ValueError: The path leads through something that is no object.
    """
    root = Span(_skip(text, 0), len(text))
    return _put(text, root, path, value, depth=0)


def with_appended(text: str, path: tuple[str, ...], value: JsonValue) -> str:
    """The text with one more entry in the list at a path.

    Raises:
        ValueError: There is no list.
    """
    span = _find(text, path)
    if span is None or text[span.start] != "[":
        raise ValueError(f"no list at {'.'.join(path)}")
    return _append(text, span, json.dumps(value, ensure_ascii=False), list(_elements(text, span)), depth=len(path))


def _put(text: str, span: Span, path: tuple[str, ...], value: JsonValue, *, depth: int) -> str:
    if text[span.start] != "{":
        raise ValueError(f"no object at {'.'.join(path)}")
    if not path:
        for name, part in value.items() if isinstance(value, dict) else ():
            text = _put(text, _again(text, span), (name,), part, depth=depth)
        return text
    first, rest = path[0], path[1:]
    members = dict(_members(text, span))
    if first in members:
        there = members[first]
        if rest or (isinstance(value, dict) and text[there.start] == "{"):
            return _put(text, there, rest, value, depth=depth + 1)
        return text[: there.start] + _rendered(text, value, depth + 1) + text[there.end :]
    for name in reversed(rest):
        value = {name: value}
    member = f"{json.dumps(first, ensure_ascii=False)}: {_rendered(text, value, depth + 1)}"
    return _append(text, span, member, list(members.values()), depth=depth)


def _append(text: str, span: Span, part: str, parts: list[Span], *, depth: int) -> str:
    """Puts one more part behind the last one, in a line of its own."""
    unit = _unit(text)
    line = f"\n{unit * (depth + 1)}{part}"
    if parts:
        return f"{text[: parts[-1].end]},{line}{text[parts[-1].end :]}"
    closing = text[_skip(text, span.start + 1)]
    end = _skip(text, span.start + 1)
    return f"{text[: span.start + 1]}{line}\n{unit * depth}{closing}{text[end + 1 :]}"


def _rendered(text: str, value: JsonValue, depth: int) -> str:
    unit = _unit(text)
    indent: int | str = unit
    return json.dumps(value, indent=indent, ensure_ascii=False).replace("\n", f"\n{unit * depth}")


def _unit(text: str) -> str:
    """How far this file indents a level."""
    found = INDENTED.search(text)
    return found[1] if found else DEFAULT_UNIT


def _find(text: str, path: tuple[str, ...]) -> Span | None:
    span: Span | None = Span(_skip(text, 0), len(text))
    for name in path:
        span = dict(_members(text, span)).get(name) if span and text[span.start] == "{" else None
    return span


def _again(text: str, span: Span) -> Span:
    """The same object after a change inside of it."""
    return Span(span.start, DECODER.raw_decode(text, span.start)[1])


def _members(text: str, span: Span) -> Iterator[tuple[str, Span]]:
    """The members of an object, each with the place of its value."""
    position = _skip(text, span.start + 1)
    while text[position] == '"':
        name, position = DECODER.raw_decode(text, position)
        value = _value(text, _skip(text, _skip(text, position) + 1))
        yield name, value
        position = _next(text, value)


def _elements(text: str, span: Span) -> Iterator[Span]:
    position = _skip(text, span.start + 1)
    while text[position] != "]":
        value = _value(text, position)
        yield value
        position = _next(text, value)


def _value(text: str, start: int) -> Span:
    return Span(start, DECODER.raw_decode(text, start)[1])


def _next(text: str, value: Span) -> int:
    """Where the part behind this one begins, or the bracket that ends them."""
    position = _skip(text, value.end)
    return _skip(text, position + 1) if text[position] == "," else position


def _skip(text: str, position: int) -> int:
    found = SPACE.match(text, position)
    return found.end() if found else position


def compact(value: JsonValue) -> str:
    """A value in one line."""
    return json.dumps(value, ensure_ascii=False)
