"""Service: the one resource that is updated in place."""

from __future__ import annotations

import time

from airgap.plugins.docker.converging import await_running, await_updated
from airgap.plugins.docker.durations import seconds
from airgap.plugins.docker.images import familiar, pin_image
from airgap.plugins.docker.objects import DockerObject, engine_errors, found_or_none
from airgap.plugins.docker.service_spec import service_spec
from airgap.plugins.docker.service_tree import is_allocated, service_tree
from airgap.plugins.failures import PartialFailure, PluginError
from airgap.plugins.values import Tree, mapping, mappings, text

# The official plugin waits 2 s before every read, in which Swarm gives out the ports; a port that is taken never comes.
_ALLOCATION_SECONDS = 2.0


class Service(DockerObject):
    """A Swarm service."""

    token = "docker:index/service:Service"  # noqa: S105 - a type token is no secret

    def create(self, planned: Tree) -> str:
        """Makes the service; one that does not converge is removed again."""
        name = text(planned.get("name"))
        spec = _tagged_spec(planned)
        auth = mapping(planned.get("auth"))
        with engine_errors(f"service {name}: create"):
            pin_image(self._client, spec, auth)
            made = self._client.create_service(**_sdk_arguments(spec))
        service_id = text(made["ID"])
        if planned.get("convergeConfig") is not None:
            try:
                await_running(self._client, service_id, mapping(planned["convergeConfig"]))
            except PluginError:
                self.delete(service_id, planned)
                raise
        return service_id

    def read(self, object_id: str, known: Tree) -> Tree | None:
        """Returns the service; looked up by id, then by the name in the state, as the official plugin does."""
        action = f"service {object_id}: read"
        found = found_or_none(lambda: self._client.inspect_service(object_id), action)
        name = text(known.get("name"))
        if found is None and name:
            found = found_or_none(lambda: self._client.inspect_service(name), action)
        deadline = time.monotonic() + _ALLOCATION_SECONDS
        while found is not None and not is_allocated(found) and time.monotonic() < deadline:
            time.sleep(0.05)
            found = found_or_none(lambda: self._client.inspect_service(object_id), action)
        return None if found is None else service_tree(found, known)

    def update(self, object_id: str, planned: Tree) -> None:
        """Writes the whole spec; with `convergeConfig` waits for Swarm's verdict.

        Raises:
            PartialFailure: Swarm did not accept the update, the service is as it is.
        """
        spec = _tagged_spec(planned)
        with engine_errors(f"service {text(planned.get('name'))}: update"):
            current = self._client.inspect_service(object_id)
            self._client.update_service(object_id, mapping(current["Version"])["Index"], **_sdk_arguments(spec))
        if planned.get("convergeConfig") is None:
            return
        try:
            await_updated(self._client, object_id, mapping(planned["convergeConfig"]))
        except PluginError as error:
            # The official plugin's state then holds the old inputs and the failed outputs.
            failed = {**planned, **self.meta()}
            raise PartialFailure(str(error), resource_id=object_id, properties=failed) from error

    def delete(self, object_id: str, properties: Tree) -> None:
        """Removes the service; with a grace period waits until its containers on this node are gone."""
        container_spec = mapping(mapping(properties.get("taskSpec")).get("containerSpec"))
        grace = seconds(text(container_spec.get("stopGracePeriod")) or "0s")
        name = text(properties.get("name")) or object_id
        with engine_errors(f"service {name}: delete"):
            containers = self._containers(object_id) if grace else []
            self._client.remove_service(object_id)
        for container in containers:
            self._await_removed(container, grace, name)

    def _containers(self, service_id: str) -> list[str]:
        tasks = self._client.tasks(filters={"service": service_id})
        statuses = [mapping(mapping(task.get("Status")).get("ContainerStatus")) for task in mappings(tasks)]
        return [text(status["ContainerID"]) for status in statuses if text(status.get("ContainerID"))]

    def _await_removed(self, container: str, grace: float, service: str) -> None:
        from docker.errors import APIError
        from requests.exceptions import ConnectionError as NoAnswer
        from requests.exceptions import ReadTimeout

        try:
            self._client.wait(container, timeout=grace, condition="removed")
        except APIError:
            # Gone already, or on another node: not ours to wait for.
            return
        except (ReadTimeout, NoAnswer) as error:
            raise PluginError(
                f"service {service}: delete: context deadline exceeded: the service is gone, but its container "
                f"{container[:12]} was not removed within stopGracePeriod ({grace:g} s); set a longer one, then refresh"
            ) from error


def _tagged_spec(planned: Tree) -> Tree:
    spec = service_spec(planned)
    container = mapping(mapping(spec["TaskTemplate"])["ContainerSpec"])
    container["Image"] = familiar(text(container["Image"]))
    return spec


def _sdk_arguments(spec: Tree) -> Tree:
    """The spec in the names that the SDK's create and update share."""
    return {
        "task_template": spec["TaskTemplate"],
        "name": spec["Name"],
        "labels": spec["Labels"],
        "mode": spec["Mode"],
        "update_config": spec.get("UpdateConfig"),
        "rollback_config": spec.get("RollbackConfig"),
        "endpoint_spec": spec.get("EndpointSpec"),
    }
