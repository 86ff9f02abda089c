"""The docker provider: rules from the schema, effects from the objects.

Takes calls about resources by type token. Check, diff and plans are the same for all types and need no engine; the
objects know how their type is made, read, changed and removed.
"""

from __future__ import annotations

from collections.abc import Callable

from airgap.plugins.docker.checking import Checked, check
from airgap.plugins.docker.connection import connect
from airgap.plugins.docker.diffing import diff, stable_properties
from airgap.plugins.docker.engine import Engine
from airgap.plugins.docker.files import Secret as SwarmSecret
from airgap.plugins.docker.files import ServiceConfig
from airgap.plugins.docker.naming import automatic_name
from airgap.plugins.docker.networks import Network
from airgap.plugins.docker.objects import DockerObject
from airgap.plugins.docker.planning import null_where_absent, plan, without_unknowns
from airgap.plugins.docker.reading import inputs_after_read
from airgap.plugins.docker.schema import ResourceSchema, schemas
from airgap.plugins.docker.services import Service
from airgap.plugins.docker.volumes import Volume
from airgap.plugins.failures import PluginError
from airgap.plugins.plugin import CheckResult, DiffKind, DiffResult, Features, Naming, Plugin, ReadResult, Resource
from airgap.plugins.values import UNKNOWN, Secret, Tree, mapping
from airgap.plugins.versions import VERSIONS

_OBJECTS: dict[str, type[DockerObject]] = {
    kind.token: kind for kind in (Network, Volume, ServiceConfig, SwarmSecret, Service)
}


class DockerPlugin(Plugin):
    """Networks, volumes, configs, secrets and services of one engine.

    Args:
        connect: Reaches the engine that a configuration names.
    """

    name = "docker"
    version = VERSIONS["docker"]
    features = Features(has_autonaming=True)

    def __init__(self, connect: Callable[[Tree], Engine] = connect) -> None:
        self._connect = connect
        self._objects: dict[str, DockerObject] = {}

    def configure(self, config: Tree) -> None:
        """Connects to the engine; a host that is not known yet leaves the provider without one."""
        if config.get("host") is UNKNOWN:
            return
        client = self._connect(config)
        self._objects = {token: kind(client) for token, kind in _OBJECTS.items()}

    def check(self, resource: Resource, olds: Tree, news: Tree, naming: Naming) -> CheckResult:
        """Returns the inputs with defaults and a name."""
        checked: Checked = check(_schema(resource).block, news)
        if "name" not in checked.inputs:
            if naming.is_disabled:
                checked.failures.append(("name", "missing required property name (automatic naming is disabled)"))
            else:
                name = automatic_name(resource.name, olds=olds, seed=naming.seed, proposed=naming.proposed)
                checked.inputs["name"] = name
                checked.inputs["__defaults"] = sorted([*_defaults(checked.inputs), "name"])
        return CheckResult(checked.inputs, checked.failures)

    def diff(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str]) -> DiffResult:
        """Returns the changed paths."""
        block = _schema(resource).block
        found = diff(block, olds, news, ignored)
        details: dict[str, DiffKind] = {
            path: _replacing(kind) if path in found.replacing else kind for path, kind in found.kinds.items()
        }
        return DiffResult(
            has_changes=bool(found.kinds),
            diffs=found.changed(),
            replaces=found.replaced(),
            stables=stable_properties(block, found),
            delete_before_replace=found.delete_first,
            details=details,
        )

    def create(self, resource: Resource, inputs: Tree, *, is_preview: bool) -> tuple[str, Tree]:
        """Makes the object, or says what it would be."""
        block = _schema(resource).block
        planned = plan(block, inputs)
        if is_preview:
            return "", _secrets_marked(resource, {"id": UNKNOWN, **planned})
        owner = self._object(resource)
        object_id = owner.create(without_unknowns(planned))
        outputs = owner.read(object_id, without_unknowns(planned))
        if outputs is None:
            raise PluginError(f"{resource.token} {resource.name}: it was gone right after it had been made")
        return object_id, {**null_where_absent(block, outputs, inputs), **owner.meta()}

    def read(self, resource: Resource, properties: Tree, inputs: Tree) -> ReadResult:
        """Returns the object as it is."""
        block = _schema(resource).block
        owner = self._object(resource)
        outputs = owner.read(resource.resource_id, properties)
        if outputs is None:
            return ReadResult()
        read_inputs = inputs_after_read(block, outputs, inputs)
        return ReadResult(str(outputs["id"]), {**outputs, **owner.meta()}, _secrets_marked(resource, read_inputs))

    def update(self, resource: Resource, olds: Tree, news: Tree, ignored: list[str], *, is_preview: bool) -> Tree:
        """Changes the object, or says what it would be."""
        wanted = news
        for path in ignored:
            wanted = _with_old(wanted, olds, path.split("."))
        planned = plan(_schema(resource).block, wanted, olds)
        if is_preview:
            return _secrets_marked(resource, {"id": resource.resource_id, **planned})
        owner = self._object(resource)
        owner.update(resource.resource_id, without_unknowns(planned))
        outputs = owner.read(resource.resource_id, without_unknowns(planned))
        if outputs is None:
            raise PluginError(f"{resource.token} {resource.name}: it was gone right after it had been updated")
        return {**outputs, **owner.meta()}

    def delete(self, resource: Resource, properties: Tree) -> None:
        """Removes the object."""
        self._object(resource).delete(resource.resource_id, properties)

    def _object(self, resource: Resource) -> DockerObject:
        _schema(resource)
        if resource.token not in self._objects:
            raise PluginError(
                f"docker provider: its host is not known, so {resource.name} cannot be read or changed; "
                "give the provider a host that does not depend on another resource"
            )
        return self._objects[resource.token]


def _schema(resource: Resource) -> ResourceSchema:
    resource.require_implemented(_OBJECTS, plugin="docker")
    return schemas()[resource.token]


def _defaults(inputs: Tree) -> list[str]:
    names = inputs.get("__defaults")
    return [str(name) for name in names] if isinstance(names, list) else []


def _replacing(kind: str) -> DiffKind:
    kinds: dict[str, DiffKind] = {"ADD": "ADD_REPLACE", "DELETE": "DELETE_REPLACE", "UPDATE": "UPDATE_REPLACE"}
    return kinds[kind]


def _secrets_marked(resource: Resource, tree: Tree) -> Tree:
    """Marks a secret's content, which arrives in clear because the plugin does not accept secrets."""
    data = tree.get("data")
    if resource.token != SwarmSecret.token or data is None or isinstance(data, Secret):
        return tree
    return {**tree, "data": Secret(data)}


def _with_old(news: Tree, olds: Tree, path: list[str]) -> Tree:
    """Returns the inputs with the old output at an ignored path."""
    head, rest = path[0], path[1:]
    if not rest:
        return {**news, head: olds.get(head)} if head in olds else news
    if not isinstance(news.get(head), dict):
        return news
    return {**news, head: _with_old(mapping(news[head]), mapping(olds.get(head)), rest)}
