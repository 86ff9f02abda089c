"""The settings as a plain document: what is read, put in and taken out by a path such as `litellm.hostPort`.

Takes and gives JSON objects, and changes none in place. Apart, because variables and profiles both write settings that
are not parsed yet.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

Document = Mapping[str, JsonValue]


def value_at(document: Document, path: str) -> JsonValue:
    """What stands at the path; None where nothing does."""
    first, _, rest = path.partition(".")
    found = document.get(first)
    if not rest:
        return found
    return value_at(found, rest) if isinstance(found, dict) else None


def with_value(document: Document, path: str, value: JsonValue) -> dict[str, JsonValue]:
    """The document with one setting put in."""
    first, _, rest = path.partition(".")
    if not rest:
        return {**document, first: value}
    inner = document.get(first)
    return {**document, first: with_value(inner if isinstance(inner, dict) else {}, rest, value)}


def without(document: Document, path: str) -> dict[str, JsonValue]:
    """The document with one setting taken out."""
    first, _, rest = path.partition(".")
    if not rest:
        return {name: value for name, value in document.items() if name != first}
    inner = document.get(first)
    return {**document, first: without(inner, rest)} if isinstance(inner, dict) else dict(document)


def leaves(document: Document, before: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Every value that is no object, with its path."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
