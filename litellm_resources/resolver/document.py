"""JSON documents and places in them.

Takes: nothing; gives the JSON types, one catalog file as a `Layer`, and JSON paths as text.
Apart, because every stage of the resolver speaks of places, and only of places, in the same words.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]
PathStep: TypeAlias = str | int
Path: TypeAlias = tuple[PathStep, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_$-]+")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One catalog file, parsed. Later layers lie over earlier ones.

    Attributes:
        path: The file as errors shall name it.
        document: Its content.
        is_local: True for the git-ignored overlay, the only file that may hold an `api_key`.
    """

    path: str
    document: JsonObject
    is_local: bool = False

    def __repr__(self) -> str:
        """Without the document: a local overlay holds keys."""
        return f"Layer(path={self.path!r}, is_local={self.is_local})"


def render_path(path: Path) -> str:
    """A path as people write it: `providers.x.interfaces.openai.models["gpt-5.1"]`, `fallbacks[0]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def value_at(value: JsonValue, path: Path) -> JsonValue:
    """The value at the path.

    Raises:
        KeyError: The document has no such place.
    """
    for step in path:
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                raise KeyError(render_path(path))
    return value


def has_path(value: JsonValue, path: Path) -> bool:
    """Whether the document has a value (null counts) at the path."""
    try:
        value_at(value, path)
    except KeyError:
        return False
    return True


def leaf_paths(value: JsonValue, path: Path = ()) -> Iterator[Path]:
    """Every place that holds something else than a filled object; a list is one place."""
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from leaf_paths(child, (*path, key))
    else:
        yield path


def file_of(layers: Sequence[Layer], path: Path) -> str:
    """The file that a value of the merged catalog came from: the uppermost layer that holds most of the path."""
    for length in range(len(path), 0, -1):
        for layer in reversed(layers):
            if has_path(layer.document, path[:length]):
                return layer.path
    return layers[-1].path if layers else "catalog"
