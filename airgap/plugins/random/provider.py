"""The random provider: RandomPassword and RandomId; everything else is refused by name.

A value is made once and lives in the state alone; every changed argument makes a new one.
"""

# ruff: noqa: ARG002 - the signatures are those of Plugin

from __future__ import annotations

from types import ModuleType

from airgap.plugins.failures import NotSupported
from airgap.plugins.plugin import CheckResult, DiffResult, Features, Naming, Plugin, ReadResult, Resource
from airgap.plugins.random import identifiers, passwords
from airgap.plugins.values import Secret, Tree
from airgap.plugins.versions import VERSIONS

_KINDS: dict[str, ModuleType] = {
    "random:index/randomPassword:RandomPassword": passwords,
    "random:index/randomId:RandomId": identifiers,
}


class RandomPlugin(Plugin):
    """Random values."""

    name = "random"
    version = VERSIONS["random"]
    features = Features(accepts_resources=True, has_autonaming=True)

    def configure(self, config: Tree) -> None:
        """Takes no configuration."""

    def check(self, resource: Resource, olds: Tree, news: Tree, naming: Naming) -> CheckResult:
        """Returns the inputs as they are."""
        kind = _kind(resource)
        given = {name: value for name, value in news.items() if value is not None and not name.startswith("__")}
        allowed = ", ".join(sorted(kind.INPUTS))
        failures = [(name, f"unknown property {name}; allowed: {allowed}") for name in given if name not in kind.INPUTS]
        failures += [(name, f"missing required property {name}") for name in kind.REQUIRED if name not in given]
        return CheckResult(given, failures)

    def diff(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str]) -> DiffResult:
        """Returns the changed arguments; each needs a new value."""
        kind = _kind(resource)
        wanted = {**kind.DEFAULTS, **news}
        if "numeric" in news or "number" in news:
            wanted["numeric"] = wanted["number"] = news.get("numeric", news.get("number"))
        changed = sorted(
            name
            for name in kind.INPUTS
            if (olds.get(name) or None) != (wanted.get(name) or None) and name not in ignored
        )
        return DiffResult(has_changes=bool(changed), diffs=changed, replaces=changed, details=None)

    def create(self, resource: Resource, inputs: Tree, *, is_preview: bool) -> tuple[str, Tree]:
        """Makes the value."""
        kind = _kind(resource)
        if is_preview:
            return "", kind.preview(inputs)
        made: tuple[str, Tree] = kind.create(inputs)
        return made

    def read(self, resource: Resource, properties: Tree, inputs: Tree) -> ReadResult:
        """Returns the value as the state has it: there is no other place."""
        kind = _kind(resource)
        if not properties:
            raise NotSupported(f"{resource.token} {resource.name}: import is not implemented by the stand-in plugin")
        marked = {name: Secret(value) if name in kind.SECRETS else value for name, value in properties.items()}
        return ReadResult(resource.resource_id, marked, inputs)

    def update(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str], *, is_preview: bool) -> Tree:
        """Never happens: every change replaces."""
        raise NotSupported(f"{resource.token} {resource.name} cannot be updated: every change replaces it")

    def delete(self, resource: Resource, properties: Tree) -> None:
        """Has nothing to remove."""


def _kind(resource: Resource) -> ModuleType:
    resource.require_implemented(_KINDS, plugin="random")
    return _KINDS[resource.token]
