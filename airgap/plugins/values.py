"""Property values of the provider protocol as plain Python values.

Takes protobuf structs, gives dicts, lists and scalars (and back). A value that is not known yet is `UNKNOWN`, a secret
is wrapped in `Secret`. The accessors turn the untyped tree into typed parts: a value of another type counts as absent,
which is how the official plugins treat a tree that was written by an older version.

`PropertyValue` neither reads nor writes the protocol's sentinel for unknown values; here it is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_SENTINEL

Tree: TypeAlias = dict[str, object]


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True, repr=False)
class Secret:
    """A value that the state must hold encrypted; its repr never shows it."""

    value: object

    def __repr__(self) -> str:
        return "Secret(…)"


def from_struct(struct: Struct, *, keep_secrets: bool = False) -> Tree:
    """Returns the struct as a plain tree; secrets are unwrapped unless they are asked for."""
    return {name: _plain(value, keep_secrets) for name, value in PropertyValue.unmarshal_map(struct).items()}


def to_struct(tree: Tree) -> Struct:
    """Returns the tree as a protobuf struct."""
    return PropertyValue.marshal_map({name: _property(value) for name, value in tree.items()})


def _plain(value: PropertyValue, keep_secrets: bool) -> object:
    if keep_secrets and value.is_secret:
        return Secret(_plain(value.with_secret(False), keep_secrets))
    raw = value.value
    if isinstance(raw, Computed) or raw == UNKNOWN_SENTINEL:
        return UNKNOWN
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if raw is None or isinstance(raw, bool | float | str):
        return raw
    if isinstance(raw, Mapping):
        return {key: _plain(item, keep_secrets) for key, item in raw.items()}
    if isinstance(raw, Sequence):
        return [_plain(item, keep_secrets) for item in cast("Sequence[PropertyValue]", raw)]
    raise TypeError(f"a property value of type {type(raw).__name__} is not supported by the stand-in plugins")


def _property(value: object) -> PropertyValue:
    if isinstance(value, Secret):
        return _property(value.value).with_secret(True)
    if isinstance(value, Unknown):
        return PropertyValue(UNKNOWN_SENTINEL)
    if isinstance(value, dict):
        return PropertyValue({key: _property(item) for key, item in value.items()})
    if isinstance(value, list):
        return PropertyValue([_property(item) for item in value])
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(cast("str | bool | float | None", value))


def mapping(value: object) -> Tree:
    """Returns the value if it is an object, else an empty one."""
    return cast("Tree", value) if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Returns the value if it is a list, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def mappings(value: object) -> list[Tree]:
    """Returns the objects of a list."""
    return [mapping(item) for item in items(value)]


def texts(value: object) -> list[str]:
    """Returns the strings of a list."""
    return [item for item in items(value) if isinstance(item, str)]


def text(value: object) -> str:
    """Returns the value if it is a string, else the empty one."""
    return value if isinstance(value, str) else ""


def integer(value: object) -> int:
    """Returns the value as a whole number, 0 if it is none."""
    return int(value) if isinstance(value, int | float) else 0
