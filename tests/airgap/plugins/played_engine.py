"""A Docker Engine that is played: it keeps what it gets and adds what a Swarm adds.

Its tasks run at once and an update is completed at once; it has no registry.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Mapping
from typing import Any

from docker.errors import APIError, NotFound

from airgap.plugins.values import Tree

_SPEC_NAMES = {
    "task_template": "TaskTemplate",
    "name": "Name",
    "labels": "Labels",
    "mode": "Mode",
    "update_config": "UpdateConfig",
    "rollback_config": "RollbackConfig",
    "endpoint_spec": "EndpointSpec",
}


class PlayedEngine:
    """What the docker plugin asks of an engine; see `airgap.plugins.docker.engine`."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}

    def inspect_distribution(self, image: str, auth_config: Mapping[str, object] | None = None) -> Tree:
        raise APIError("no registry")

    def create_service(self, **spec: object) -> Tree:
        return {"ID": self._made(self._service(spec))}

    def update_service(self, service: str, version: object, **spec: object) -> Tree:
        assert version == self._found(service)["Version"]["Index"]
        self.objects[service] = {"ID": service, **self._service(spec), "UpdateStatus": {"State": "completed"}}
        return {}

    def inspect_service(self, service: str) -> Tree:
        return self._found(service)

    def remove_service(self, service: str) -> None:
        self._removed(service)

    def tasks(self, filters: Mapping[str, str]) -> list[object]:
        self._found(filters["service"])
        return [{"Status": {"State": "running", "ContainerStatus": {"ContainerID": "container"}}}]

    def wait(self, container: str, timeout: float, condition: str) -> None:
        assert (container, condition) == ("container", "removed")

    def create_network(self, name: str, driver: str | None, **settings: Any) -> Tree:
        given = {"Config": [{"Subnet": "10.0.7.0/24", "Gateway": "10.0.7.1"}]}
        network = {
            "Name": name,
            "Driver": driver,
            "Scope": "swarm",
            "Labels": settings["labels"],
            "Attachable": settings["attachable"],
            "IPAM": {**settings["ipam"], **given},
            "Options": {"com.docker.network.driver.overlay.vxlanid_list": "4099"},
        }
        return {"Id": self._made(network)}

    def inspect_network(self, net_id: str) -> Tree:
        return {"Id": net_id, **self._found(net_id)}

    def remove_network(self, net_id: str) -> None:
        self._removed(net_id)

    def create_volume(self, name: str | None, driver: str | None, driver_opts: object, labels: object) -> Tree:
        raise NotImplementedError("the recording has no volume")

    def inspect_volume(self, name: str) -> Tree:
        raise NotImplementedError("the recording has no volume")

    def remove_volume(self, name: str, force: bool) -> None:
        raise NotImplementedError("the recording has no volume")

    def create_config(self, name: str, data: bytes, labels: object) -> Tree:
        return {"ID": self._made({"Spec": {"Name": name, "Labels": labels, "Data": base64.b64encode(data).decode()}})}

    def inspect_config(self, id: str) -> Tree:  # noqa: A002 - the SDK's name
        return self._found(id)

    def remove_config(self, id: str) -> None:  # noqa: A002 - the SDK's name
        self._removed(id)

    def create_secret(self, name: str, data: bytes, labels: object) -> Tree:
        return {"ID": self._made({"Spec": {"Name": name, "Labels": labels}, "content": data})}

    def inspect_secret(self, id: str) -> Tree:  # noqa: A002 - the SDK's name
        found = self._found(id)
        return {name: found[name] for name in found if name != "content"}

    def remove_secret(self, id: str) -> None:  # noqa: A002 - the SDK's name
        self._removed(id)

    def _service(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        spec = {_SPEC_NAMES[name]: value for name, value in arguments.items() if value is not None}
        spec["TaskTemplate"] = {**spec["TaskTemplate"], "Runtime": "container"}
        ports = spec.get("EndpointSpec", {}).get("Ports", [])
        return {"Version": {"Index": 7}, "Spec": spec, "Endpoint": {"Ports": ports}}

    def _made(self, entry: dict[str, Any]) -> str:
        new_id = "".join(random.choices(string.ascii_lowercase + string.digits, k=25))  # noqa: S311 - a played id
        self.objects[new_id] = {"ID": new_id, **entry}
        return new_id

    def _found(self, object_id: str) -> dict[str, Any]:
        if object_id not in self.objects:
            raise NotFound(object_id)
        entry: dict[str, Any] = self.objects[object_id]
        return entry

    def _removed(self, object_id: str) -> None:
        del self.objects[object_id]
