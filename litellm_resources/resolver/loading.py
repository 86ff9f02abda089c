"""Catalog files into layers: the only module of the resolver that touches the disk.

Takes paths; gives one `Layer` a file, or raises `CatalogError` with everything that is wrong in any of them.
JSON is read strictly: a key that stands twice in an object, or a number that JSON does not know, is refused.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject, Layer, render_path
from litellm_resources.resolver.document import Path as JsonPath
from litellm_resources.resolver.errors import CatalogError, Problem, quote
from litellm_resources.resolver.structure import check_layer, kind_of

BASE_FILE = "catalog.json"
MAX_DEPTH = 40
LOCAL_FILES = ("config.local.json", "local.json")


@dataclass(frozen=True, kw_only=True)
class CatalogFile:
    """One file to read. `is_local`: the git-ignored overlay, which may be missing and may hold keys."""

    path: Path
    is_local: bool = False

    @property
    def label(self) -> str:
        """The file as errors name it, `catalog/dev.json`: the same in every clone."""
        return f"{self.path.parent.name}/{self.path.name}" if self.path.parent.name else self.path.name


class _RefusedError(ValueError):
    """JSON that Python would take and we do not."""


class _Object(dict[str, JsonValue]):
    """An object that remembers which of its keys stood twice."""

    repeated: tuple[str, ...] = ()


def catalog_files(folder: Path, environment: str, *, with_local: bool) -> list[CatalogFile]:
    """The files of one environment, lowest first: base, `<environment>.json`, then the local overlays."""
    files = [CatalogFile(path=folder / BASE_FILE), CatalogFile(path=folder / f"{environment}.json")]
    local = LOCAL_FILES if with_local else ()
    return files + [CatalogFile(path=folder / name, is_local=True) for name in local]


def load(files: Sequence[CatalogFile]) -> list[Layer]:
    """Read the files in their order; a local overlay that is not there makes no layer.

    Raises:
        CatalogError: A file is missing or is not JSON; with the faults of structure of all files, which no later stage
            can tell then. Without such a file, structure is `resolve`'s to check, together with the meaning.
    """
    layers = []
    problems: list[Problem] = []
    all_read = True
    for file in files:
        if file.is_local and not file.path.exists():
            continue
        document, unread = _read(file)
        layer = Layer(path=file.label, document=document, is_local=file.is_local)
        problems += (*unread, *check_layer(layer).problems)
        all_read = all_read and not unread
        layers.append(layer)
    if not all_read:
        raise CatalogError(problems)
    return layers


def _read(file: CatalogFile) -> tuple[JsonObject, list[Problem]]:
    try:
        return parse(file.path.read_text(encoding="utf-8-sig"), file.label)
    except FileNotFoundError:
        remedy = "create it; an overlay that changes nothing is {}"
        return {}, [Problem(file.label, "", "no such file", "a catalog file", remedy)]
    except UnicodeDecodeError as error:
        found = f"byte {error.start}, which is no UTF-8"
        return {}, [Problem(file.label, "", found, "UTF-8 text", "save the file as UTF-8")]
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        return {}, [Problem(file.label, "", found, "a readable file", "correct the file's kind or rights")]


def parse(text: str, file: str) -> tuple[JsonObject, list[Problem]]:
    """One file's text into its document, and what is wrong with it as JSON."""
    try:
        value = json.loads(
            text, object_pairs_hook=_as_object, parse_constant=_refuse_number, parse_float=_finite_number
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return {}, [Problem(file, place, f"no JSON: {error.msg}", "JSON", "correct the text at that place")]
    except _RefusedError as error:
        return {}, [Problem(file, "", str(error), "JSON", "write a finite number, or a string")]
    except (RecursionError, ValueError):
        found = "nesting or a number beyond all measure"
        return {}, [Problem(file, "", found, "a catalog", "correct the text")]
    if not isinstance(value, dict):
        remedy = "put the catalog into braces"
        return {}, [Problem(file, "", kind_of(value), "an object", remedy)]
    if (deep := _too_deep(value)) is not None:
        place = render_path(deep)
        return {}, [Problem(file, place, "too many levels", f"{MAX_DEPTH} levels", "correct the nesting")]
    return {key: _plain(child) for key, child in value.items()}, [*_repeated(value, file)]


def _as_object(pairs: list[tuple[str, JsonValue]]) -> _Object:
    value = _Object(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        value.repeated = tuple(key for key in value if keys.count(key) > 1)
    return value


def _refuse_number(name: str) -> JsonValue:
    message = f"the number {name}"
    raise _RefusedError(message)


def _finite_number(text: str) -> JsonValue:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _plain(child) for key, child in value.items()}
    return [_plain(child) for child in value] if isinstance(value, list) else value


def _too_deep(value: JsonValue, path: JsonPath = ()) -> JsonPath | None:
    """The first place that is nested deeper than any catalog; None when there is none."""
    if len(path) > MAX_DEPTH:
        return path
    deep = (_too_deep(child, (*path, step)) for step, child in _children(value))
    return next((place for place in deep if place is not None), None)


def _repeated(value: JsonValue, file: str, path: JsonPath = ()) -> Iterator[Problem]:
    """Each key that stands twice."""
    if isinstance(value, _Object):
        for key in value.repeated:
            found = f"the key {quote(key)} more than once"
            yield Problem(file, render_path((*path, key)), found, "each key once", "remove all but one")
    for step, child in _children(value):
        yield from _repeated(child, file, (*path, step))


def _children(value: JsonValue) -> Iterable[tuple[str | int, JsonValue]]:
    return value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
