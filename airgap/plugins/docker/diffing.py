"""Diff: old outputs against new inputs, path by path.

Pure. Follows the official plugin: what the program does not give is no difference when the engine decides it or when
the old value is empty; sets have no order; a value that is not known yet counts as changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from airgap.plugins.docker.naming import was_generated
from airgap.plugins.docker.schema import Block, Property
from airgap.plugins.values import UNKNOWN, Tree, items, mapping

Kind = Literal["ADD", "DELETE", "UPDATE"]
_EMPTY: tuple[object, ...] = (None, "", 0, False, [], {})
_GHOSTS = ("env", "sysctl")


@dataclass
class Difference:
    """Changed paths with their kind, and those of them that need a new object."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    replacing: set[str] = field(default_factory=set)
    delete_first: bool = False

    def add(self, path: str, kind: Kind, replaces: bool) -> None:
        """Notes one changed path."""
        self.kinds[path] = kind
        if replaces:
            self.replacing.add(path)

    def changed(self) -> list[str]:
        """Returns the top-level properties that changed."""
        return sorted({_top(path) for path in self.kinds})

    def replaced(self) -> list[str]:
        """Returns the top-level properties whose change needs a new object."""
        return sorted({_top(path) for path in self.replacing})


def diff(block: Block, olds: Tree, news: Tree, ignored: list[str]) -> Difference:
    """Returns what the new inputs change in the old outputs; paths under an ignored one are left out."""
    found = Difference()
    _compare_blocks(block, olds, news, "", found)
    result = Difference()
    for path, kind in found.kinds.items():
        if not any(path == entry or path.startswith((entry + ".", entry + "[")) for entry in ignored):
            result.add(path, kind, path in found.replacing)
    if result.kinds:
        _add_ghosts(olds, news, result)
    result.delete_first = bool(result.replacing) and "name" in block and not was_generated(news)
    return result


def stable_properties(block: Block, difference: Difference) -> list[str]:
    """Returns the properties that an update can never change."""
    replaced = difference.replaced()
    return sorted(name for name, prop in block.items() if prop.replaces and name not in replaced)


def _compare_blocks(block: Block, olds: Tree, news: Tree, path: str, found: Difference) -> None:
    for name, prop in block.items():
        _compare(prop, olds.get(name), news.get(name), f"{path}.{name}" if path else name, found)


def _compare(prop: Property, old: object, new: object, path: str, found: Difference) -> None:
    if new is UNKNOWN:
        found.add(path, "ADD" if _is_empty(old) else "UPDATE", _replaces(prop))
    elif new is None:
        if not prop.computed and not _is_empty(old) and old != prop.default:
            found.add(path, "DELETE", _replaces(prop))
    elif prop.single and prop.block:
        if old is None:
            found.add(path, "ADD", prop.replaces)
        else:
            _compare_blocks(prop.block, mapping(old), mapping(new), path, found)
    elif prop.kind == "Set":
        _compare_sets(prop, items(old), items(new), path, found)
    elif prop.kind == "List":
        _compare_lists(prop, items(old), items(new), path, found)
    elif prop.kind == "Map":
        _compare_maps(prop, mapping(old), mapping(new), path, found)
    elif not _same_scalar(prop, old, new):
        found.add(path, "ADD" if old is None else "UPDATE", prop.replaces)


def _compare_maps(prop: Property, olds: Tree, news: Tree, path: str, found: Difference) -> None:
    for key in sorted(olds.keys() | news.keys()):
        here = f"{path}.{key}" if key.replace("_", "").replace("-", "").isalnum() else f'{path}["{key}"]'
        if key not in news:
            found.add(here, "DELETE", prop.replaces)
        elif key not in olds:
            found.add(here, "ADD", prop.replaces)
        elif news[key] is UNKNOWN or str(olds[key]) != str(news[key]):
            found.add(here, "UPDATE", prop.replaces)


def _compare_lists(prop: Property, olds: list[object], news: list[object], path: str, found: Difference) -> None:
    for index in range(max(len(olds), len(news))):
        here = f"{path}[{index}]"
        if index >= len(news):
            found.add(here, "DELETE", _replaces(prop))
        elif index >= len(olds):
            found.add(here, "ADD", _replaces(prop))
        else:
            _compare_elements(prop, olds[index], news[index], here, found)


def _compare_sets(prop: Property, olds: list[object], news: list[object], path: str, found: Difference) -> None:
    """Compares without order; what is left on both sides at the same index is one changed element."""
    left_old = dict(enumerate(olds))
    left_new: dict[int, object] = {}
    for index, new in enumerate(news):
        twin = next((at for at, old in left_old.items() if _same_element(prop, old, new)), None)
        if twin is None:
            left_new[index] = new
        else:
            del left_old[twin]
    for index in sorted(left_old.keys() | left_new.keys()):
        here = f"{path}[{index}]"
        if index not in left_new:
            found.add(here, "DELETE", _replaces(prop))
        elif index not in left_old:
            found.add(here, "ADD", _replaces(prop))
        else:
            _compare_elements(prop, left_old[index], left_new[index], here, found)


def _compare_elements(prop: Property, old: object, new: object, path: str, found: Difference) -> None:
    if new is UNKNOWN:
        found.add(path, "UPDATE", _replaces(prop))
    elif prop.block:
        _compare_blocks(prop.block, mapping(old), mapping(new), path, found)
    elif old != new:
        found.add(path, "UPDATE", prop.replaces)


def _same_element(prop: Property, old: object, new: object) -> bool:
    probe = Difference()
    _compare_elements(prop, old, new, "", probe)
    return not probe.kinds


def _same_scalar(prop: Property, old: object, new: object) -> bool:
    if _is_empty(old) and _is_empty(new):
        return True
    if prop.name == "maxFailureRatio":
        return _number(old) == _number(new)
    if prop.kind == "Bool":
        return bool(old) == bool(new)
    return old is not None and str(old) == str(new)


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _is_empty(value: object) -> bool:
    return value in _EMPTY


def _replaces(prop: Property) -> bool:
    """Returns whether the appearance or loss of the property, or of one of its elements, needs a new object."""
    inner = prop.kind == "Set" and any(child.replaces for child in prop.block.values())
    return prop.replaces or inner


def _add_ghosts(olds: Tree, news: Tree, found: Difference) -> None:
    """Adds the entries that the official plugin shows beside a real difference: maps that are null in the state."""
    old = mapping(mapping(olds.get("taskSpec")).get("containerSpec"))
    new = mapping(mapping(news.get("taskSpec")).get("containerSpec"))
    for name in _GHOSTS:
        if new and name in old and old[name] is None and name not in new:
            found.kinds[f"taskSpec.containerSpec.{name}"] = "ADD"


def _top(path: str) -> str:
    return path.split(".")[0].split("[")[0]
