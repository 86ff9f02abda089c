"""Faults of meaning that only repeat what is already told of a file's structure.

What is built wrongly is taken out of a layer before the later stages look (`structure.py`), so that the user learns of
everything at once; but then an alias seems to lead nowhere only because its model was taken out. Takes what was taken
out, the merged catalog and a fault; says whether the fault is one of its own. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject, Path, has_path, value_at
from litellm_resources.resolver.errors import Fault


@dataclass(frozen=True)
class Hole:
    """What was taken out of a layer.

    Attributes:
        path: Where; for an unknown key, where the nearest known one would stand.
        names: Every key and text in it. Never shown: one may be a provider's key.
        unreadable: It is no object, so that nobody can tell what it was to hold.
    """

    path: Path
    names: frozenset[str] = field(repr=False)
    unreadable: bool


def hole_at(path: Path, key: str, value: JsonValue) -> Hole:
    """What was taken out: the value of `key`, missed at `path`."""
    return Hole(path, frozenset({key, *_texts(value)}), unreadable=not isinstance(value, dict))


@dataclass(frozen=True)
class Echoes:
    """What was taken out of all layers, and what is left of the catalog."""

    holes: Sequence[Hole]
    merged: JsonObject

    def has(self, fault: Fault) -> bool:
        """Whether the fault may be there only because of what was taken out."""
        if fault.name and any(self._may_define(hole, fault) for hole in self.holes):
            return True
        # What another file gives at that place as well is not missing.
        missing = [hole.path for hole in self.holes if not has_path(self.merged, hole.path)]
        return any(_rests_on(fault, path) for path in missing)

    def _may_define(self, hole: Hole, fault: Fault) -> bool:
        if _is_name(hole.path) or (hole.unreadable and _holds_names(hole.path)):
            return True
        if _is_group_list(hole.path) and fault.path[0] in {"users", "teams", "keys"}:
            return True
        names = hole.names | self._groups_around(hole)
        return fault.name in names or any("*" in name and fnmatchcase(fault.name, name) for name in names)

    def _groups_around(self, hole: Hole) -> frozenset[str]:
        """The access groups that a provider's models would be in, were they not taken out."""
        place = (*hole.path[:2], "access_groups")
        around = len(hole.path) > 2 and hole.path[0] == "providers" and has_path(self.merged, place)
        return frozenset(_texts(value_at(self.merged, place))) if around else frozenset()


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for key, child in value.items():
                yield key
                yield from _texts(child)


def _is_name(path: Path) -> bool:
    """Whether what belongs here is the name of a model, or of a provider whose models come along."""
    match path:
        case ("providers", _, "$extend") | ("providers", _, *_, "models", _, "model_name"):
            return True
        case _:
            return False


def _holds_names(path: Path) -> bool:
    """Whether what belongs here is an object with names in it that are used elsewhere."""
    match path:
        case ("aliases" | "providers" | "users" | "teams" | "budgets",) | ("teams", _, "members"):
            return True
        case ("providers", _) | ("providers", _, "interfaces" | "models"):
            return True
        case ("providers", _, "interfaces", _) | ("providers", _, "interfaces", _, "models"):
            return True
        case ("providers", _, *_, "models", _):
            return True
        case _:
            return False


def _is_group_list(path: Path) -> bool:
    return path[0] == "providers" and path[-1] == "access_groups"


def _rests_on(fault: Fault, missing: Path) -> bool:
    if _is_within(fault.path, missing):
        return True
    return any(_is_within(place, missing) or _is_within(missing, place) for place in fault.rests_on)


def _is_within(path: Path, outer: Path) -> bool:
    return path[: len(outer)] == outer
