"""What a stand-in plugin implements: the resource operations on plain trees, one call at a time, blocking.

`serving` speaks the protocol, runs each operation in a thread of its own and turns failures into diagnostics; a plugin
knows nothing of gRPC.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from airgap.plugins.failures import NotSupported
from airgap.plugins.values import Tree

DiffKind = Literal["ADD", "ADD_REPLACE", "DELETE", "DELETE_REPLACE", "UPDATE", "UPDATE_REPLACE"]


@dataclass(frozen=True)
class Features:
    """What the plugin tells the engine that it understands."""

    accepts_secrets: bool = False
    accepts_resources: bool = False
    accepts_outputs: bool = False
    has_autonaming: bool = False


@dataclass(frozen=True)
class Resource:
    """The resource that a call is about.

    Attributes:
        token: Its type, such as `docker:index/service:Service`.
        name: Its logical name.
        resource_id: Its id, empty before a create.
    """

    token: str
    name: str
    resource_id: str = ""

    def require_implemented(self, tokens: Collection[str], *, plugin: str) -> None:
        """Refuses a type that only the official plugin knows.

        Raises:
            NotSupported: Naming the types that are there.
        """
        if self.token not in tokens:
            raise NotSupported(
                f"{self.token} ({self.name}) is not implemented by the stand-in plugin {plugin}; implemented: "
                f"{', '.join(sorted(tokens))}; install the official plugin for the rest"
            )


@dataclass(frozen=True)
class Naming:
    """How automatic names are made: the engine's seed, and a name that the user's autonaming setting proposes."""

    seed: bytes = b""
    proposed: str = ""
    is_disabled: bool = False


@dataclass(frozen=True)
class CheckResult:
    """Checked inputs and what is wrong with them: pairs of path and reason."""

    inputs: Tree
    failures: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class DiffResult:
    """The answer of a diff; `details` is None where the official plugin sends no detailed diff."""

    has_changes: bool
    diffs: list[str] = field(default_factory=list)
    replaces: list[str] = field(default_factory=list)
    stables: list[str] = field(default_factory=list)
    delete_before_replace: bool = False
    details: dict[str, DiffKind] | None = field(default_factory=dict)


@dataclass(frozen=True)
class ReadResult:
    """What a read found; an empty id says that the object is gone."""

    resource_id: str = ""
    properties: Tree = field(default_factory=dict)
    inputs: Tree = field(default_factory=dict)


class Plugin(ABC):
    """One provider. Every method may block; several run at once."""

    name: str
    version: str
    features: Features

    def check_config(self, news: Tree) -> CheckResult:
        """Returns the provider's checked configuration."""
        return CheckResult(news)

    @abstractmethod
    def configure(self, config: Tree) -> None:
        """Takes the configuration; raises PluginError when it cannot work with it."""

    @abstractmethod
    def check(self, resource: Resource, olds: Tree, news: Tree, naming: Naming) -> CheckResult:
        """Returns the inputs with defaults."""

    @abstractmethod
    def diff(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str]) -> DiffResult:
        """Returns what the new inputs change in the old outputs."""

    @abstractmethod
    def create(self, resource: Resource, inputs: Tree, *, is_preview: bool) -> tuple[str, Tree]:
        """Makes the object; returns its id (in a preview empty, if it is not known) and outputs."""

    @abstractmethod
    def read(self, resource: Resource, properties: Tree, inputs: Tree) -> ReadResult:
        """Returns the object as it is."""

    @abstractmethod
    def update(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str], *, is_preview: bool) -> Tree:
        """Changes the object; returns its outputs."""

    @abstractmethod
    def delete(self, resource: Resource, properties: Tree) -> None:
        """Removes the object."""
