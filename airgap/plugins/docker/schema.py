"""The properties of the docker provider's resources, as data.

Takes `properties.txt` (the official provider's schema, one property a line), gives for each resource a tree of
`Property`. Check, diff and the planned outputs are computed from this tree alone, so that a rule is written once and
not once a resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, cast

Kind = Literal["String", "Int", "Bool", "Map", "List", "Set"]
Block = Mapping[str, "Property"]

_SCHEMA_FILE = Path(__file__).with_name("properties.txt")
_SECTIONS = {
    "PROVIDER": "pulumi:providers:docker",
    "docker_network": "docker:index/network:Network",
    "docker_config": "docker:index/serviceConfig:ServiceConfig",
    "docker_secret": "docker:index/secret:Secret",
    "docker_service": "docker:index/service:Service",
    "docker_volume": "docker:index/volume:Volume",
}
_IRREGULAR = {"registry_auth": "registryAuth"}


@dataclass(frozen=True)
class Property:
    """One property.

    Attributes:
        name: Pulumi's name (`capAdds` for Terraform's `cap_add`).
        kind: Type; List and Set hold strings unless `block` has properties.
        required: Must be given.
        computed: The engine decides it when it is not given.
        replaces: A change needs a new object.
        sensitive: Secret in the state.
        single: A block that occurs at most once: an object, not a list, in Pulumi.
        default: What check fills in, None if there is no default.
        block: Properties of the elements.
    """

    name: str
    kind: Kind
    required: bool = False
    computed: bool = False
    replaces: bool = False
    sensitive: bool = False
    single: bool = False
    default: str | int | bool | None = None
    block: dict[str, Property] = field(default_factory=dict)

    @property
    def is_collection(self) -> bool:
        """Whether the value holds several of the same kind."""
        return self.kind in ("Map", "List", "Set") and not self.single


@dataclass(frozen=True)
class ResourceSchema:
    """One resource: its type token, the schema version that its state carries, and its properties."""

    token: str
    version: int
    block: dict[str, Property]


@cache
def schemas() -> dict[str, ResourceSchema]:
    """Returns the schemas by type token."""
    result: dict[str, ResourceSchema] = {}
    known: dict[str, Property] = {}
    current: ResourceSchema | None = None
    for line in _SCHEMA_FILE.read_text(encoding="utf-8").splitlines()[1:]:
        if not line.startswith(" "):
            section, *rest = line.split()
            current = ResourceSchema(_SECTIONS[section], int(rest[1]) if rest else 0, {})
            known = {}
            result[current.token] = current
        elif current is not None:
            path, description = line.strip().split(": ", 1)
            known[path] = _property(path, description)
            parent = path.rpartition(".")[0]
            (known[parent].block if parent else current.block)[known[path].name] = known[path]
    return result


def _property(path: str, description: str) -> Property:
    words = description.split()
    kind = cast("Kind", words[0])
    single = "max1" in words
    default = next((word.removeprefix("default=") for word in words if word.startswith("default=")), None)
    snake = path.rpartition(".")[2]
    return Property(
        name=_IRREGULAR.get(snake) or _camel(snake if single or kind not in ("List", "Set") else _plural(snake)),
        kind=kind,
        required="REQ" in words,
        computed="computed" in words,
        replaces="FORCENEW" in words,
        sensitive="SENSITIVE" in words,
        single=single,
        default=None if default is None else _typed(kind, default),
    )


def _typed(kind: Kind, default: str) -> str | int | bool:
    if kind == "Int":
        return int(default)
    return default == "true" if kind == "Bool" else default


def _camel(snake: str) -> str:
    first, *rest = snake.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _plural(word: str) -> str:
    if word.endswith("s"):
        return word
    return word + ("es" if word.endswith("ch") else "s")
