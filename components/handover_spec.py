"""The clone that serves in a service's place while its key changes, as the engine's API wants it.

Takes the live service's spec and the files that stand in for its own, gives the body of `POST /services/create`: the
same container under another name and another network alias, so that the old key has an address of its own. What leads
others to the service (Traefik's labels, discovery's) is left out, or they would find the old key as well. The clone
has secrets and configs of its own: the next `up` after a killed one begins by deleting the old ones, and Swarm deletes
none in use. Pure.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from components.naming import NAMESPACE_LABEL, PROJECT_LABEL, STACK_LABEL

SUFFIX = "-handover"
HANDOVER_LABEL = "llmproxy.handover"
# Whose it is: the Swarm stack, our project and stack, and who may see it in Portainer.
KEPT_LABELS = (NAMESPACE_LABEL, PROJECT_LABEL, STACK_LABEL)
KEPT_PREFIX = "io.portainer.accesscontrol."

Spec = dict[str, JsonValue]
Kind = Literal["Secret", "Config"]


@dataclass(frozen=True)
class FileReference:
    """A secret or config that a service mounts: its kind, id and name, and the path in the container."""

    kind: Kind
    object_id: str
    name: str
    path: str


def clone_name(service_name: str) -> str:
    """The clone's name, and by it how the clone is found again."""
    return f"{service_name}{SUFFIX}"


def clone_alias(alias: str) -> str:
    """Under which name the clone's network neighbours find it."""
    return f"{alias}{SUFFIX}"


def labels_of(service_name: str, spec: Mapping[str, JsonValue]) -> dict[str, str]:
    """The labels of the clone and of its files."""
    live = _object(spec.get("Labels"))
    kept = {name: value for name, value in live.items() if name in KEPT_LABELS or name.startswith(KEPT_PREFIX)}
    return {**{name: str(value) for name, value in kept.items()}, HANDOVER_LABEL: service_name}


def files_of(spec: Mapping[str, JsonValue]) -> list[FileReference]:
    """The secrets and configs that a service mounts."""
    container = _object(_object(spec.get("TaskTemplate")).get("ContainerSpec"))
    kinds: tuple[Kind, Kind] = ("Secret", "Config")
    return [
        FileReference(
            kind, str(entry[f"{kind}ID"]), str(entry[f"{kind}Name"]), str(_object(entry.get("File")).get("Name"))
        )
        for kind in kinds
        for entry in _objects(container.get(f"{kind}s"))
    ]


def clone_body(
    service_name: str,
    spec: Mapping[str, JsonValue],
    *,
    aliases: Mapping[str, str],
    files: Mapping[str, FileReference],
    private_paths: frozenset[str],
) -> Spec:
    """Gives the clone's body.

    Args:
        service_name: The live service's name in the Swarm.
        spec: Its spec, which stays as it is.
        aliases: Network aliases by those that they stand for; all others are left out.
        files: Secrets and configs by the ids of those that they stand for.
        private_paths: Mounts that the clone must not share with the service: it gets an empty folder in memory there.
    """
    template = copy.deepcopy(_object(spec.get("TaskTemplate")))
    container = _object(template.get("ContainerSpec"))
    for kind in ("Secret", "Config"):
        container[f"{kind}s"] = [_with_file(entry, kind, files) for entry in _objects(container.get(f"{kind}s"))]
    container["Mounts"] = [_private(mount, private_paths) for mount in _objects(container.get("Mounts"))]
    networks: list[JsonValue] = []
    for network in _objects(template.get("Networks")):
        own = network.get("Aliases")
        kept: list[JsonValue] = [aliases[name] for name in _texts(own) if name in aliases]
        networks.append({**network, "Aliases": kept})
    template |= {"ContainerSpec": container, "Networks": networks}
    template.pop("ForceUpdate", None)
    return {
        "Name": clone_name(service_name),
        "Labels": dict(labels_of(service_name, spec)),
        "TaskTemplate": template,
        "Mode": copy.deepcopy(spec.get("Mode")),
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def _with_file(entry: Spec, kind: str, files: Mapping[str, FileReference]) -> JsonValue:
    other = files.get(str(entry[f"{kind}ID"]))
    return entry if other is None else {**entry, f"{kind}ID": other.object_id, f"{kind}Name": other.name}


def _private(mount: Spec, paths: frozenset[str]) -> JsonValue:
    return {"Type": "tmpfs", "Target": mount["Target"]} if mount.get("Target") in paths else mount


def _object(value: JsonValue) -> Spec:
    return value if isinstance(value, dict) else {}


def _objects(value: JsonValue) -> list[Spec]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _texts(value: JsonValue) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
