"""The command provider: local.Command; remote commands and copies are refused by name.

A changed trigger replaces, new before old; any other change runs `update`, or `create` where there is none. If one
input is secret, what the command printed is secret too.
"""

# ruff: noqa: ARG002 - the signatures are those of Plugin

from __future__ import annotations

import secrets

from airgap.plugins.command.running import run
from airgap.plugins.plugin import CheckResult, DiffKind, DiffResult, Features, Naming, Plugin, ReadResult, Resource
from airgap.plugins.values import UNKNOWN, Secret, Tree, text
from airgap.plugins.versions import VERSIONS

_TOKEN = "command:local:Command"  # noqa: S105 - a type token is no secret
_INPUTS = (
    "addPreviousOutputInEnv",
    "create",
    "delete",
    "dir",
    "environment",
    "interpreter",
    "logging",
    "stdin",
    "triggers",
    "update",
)
_REFUSED = ("archivePaths", "assetPaths")
# The official 1.2.1 was built with this version of its framework, and its state says so.
_FRAMEWORK: Tree = {"__pulumi-go-provider-version": "1.2.0"}


class CommandPlugin(Plugin):
    """Commands on the machine that runs Pulumi."""

    name = "command"
    version = VERSIONS["command"]
    features = Features(accepts_secrets=True, accepts_resources=True, accepts_outputs=True)

    def check_config(self, news: Tree) -> CheckResult:
        """Returns the configuration with the official plugin's mark."""
        return CheckResult({**news, **_FRAMEWORK})

    def configure(self, config: Tree) -> None:
        """Takes no configuration."""

    def check(self, resource: Resource, olds: Tree, news: Tree, naming: Naming) -> CheckResult:
        """Returns the inputs as they are."""
        resource.require_implemented([_TOKEN], plugin="command")
        failures = [(name, f"{name} is not implemented by the stand-in plugin") for name in _REFUSED if name in news]
        failures += [
            (name, f"unknown property {name}; allowed: {', '.join(_INPUTS)}")
            for name in news
            if name not in _INPUTS and name not in _REFUSED
        ]
        return CheckResult(news, failures)

    def diff(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str]) -> DiffResult:
        """Returns the changed inputs."""
        resource.require_implemented([_TOKEN], plugin="command")
        changed = [name for name in _INPUTS if olds.get(name) != news.get(name) and name not in ignored]
        details: dict[str, DiffKind] = {name: _kind(name, olds, news) for name in changed}
        replaces = [name for name in changed if name == "triggers"]
        return DiffResult(has_changes=bool(changed), replaces=replaces, details=details)

    def create(self, resource: Resource, inputs: Tree, *, is_preview: bool) -> tuple[str, Tree]:
        """Runs `create`."""
        resource.require_implemented([_TOKEN], plugin="command")
        new_id = f"{resource.name}{secrets.token_hex(4)}"
        return new_id, _outputs(inputs, {}, text(_plain(inputs.get("create"))), is_preview=is_preview)

    def read(self, resource: Resource, properties: Tree, inputs: Tree) -> ReadResult:
        """Returns what the state has: a command that has run cannot be looked at."""
        return ReadResult(resource.resource_id, properties, inputs)

    def update(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str], *, is_preview: bool) -> Tree:
        """Runs `update`, or `create` where there is none."""
        command = text(_plain(news.get("update"))) or text(_plain(news.get("create")))
        return _outputs(news, olds, command, is_preview=is_preview)

    def delete(self, resource: Resource, properties: Tree) -> None:
        """Runs `delete` with the text and environment of the state."""
        if text(properties.get("delete")):
            run(text(properties["delete"]), properties, properties, [])


def _outputs(inputs: Tree, olds: Tree, command: str, *, is_preview: bool) -> Tree:
    if is_preview:
        return {**inputs, "stdout": UNKNOWN, "stderr": UNKNOWN}
    plain = {name: _plain(value) for name, value in inputs.items()}
    hidden = _secret_texts(inputs)
    stdout, stderr = "", ""
    if command:
        stdout, stderr = run(command, plain, {name: _plain(value) for name, value in olds.items()}, hidden)
    if hidden:
        return {**inputs, "stdout": Secret(stdout), "stderr": Secret(stderr)}
    return {**inputs, "stdout": stdout, "stderr": stderr}


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return _plain(value.value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _secret_texts(value: object, *, inside: bool = False) -> list[str]:
    if isinstance(value, Secret):
        return _secret_texts(value.value, inside=True)
    if isinstance(value, dict):
        return [found for item in value.values() for found in _secret_texts(item, inside=inside)]
    if isinstance(value, list):
        return [found for item in value for found in _secret_texts(item, inside=inside)]
    return [str(value)] if inside else []


def _kind(name: str, olds: Tree, news: Tree) -> DiffKind:
    if name == "triggers":
        return "UPDATE_REPLACE"
    if olds.get(name) is None:
        return "ADD"
    return "DELETE" if news.get(name) is None else "UPDATE"
