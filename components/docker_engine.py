"""The few calls to the Docker Engine that gates, jobs and fingerprints need.

Takes a client of the SDK, gives typed answers; `engine_connection.py` makes one and turns every failure into a
`SwarmError`. `SwarmApi` is what the logic sees, so that tests give it an engine of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from typing import Any, Protocol

import docker
import requests
from docker.errors import APIError, NotFound
from docker.utils.socket import frames_iter
from pydantic import JsonValue

from components.errors import ChangedMeanwhile
from components.file_store import FileStore
from components.placement import Node, node
from components.swarm_state import (
    NetworkState,
    ServiceSpec,
    ServiceState,
    TaskState,
    moment,
    service_spec,
    service_state,
    task_state,
)

TASK_LABEL = "com.docker.swarm.task.id="
SERVICE_LABEL = "com.docker.swarm.service.id="
OUT_OF_SEQUENCE = "update out of sequence"


class SwarmApi(Protocol):
    """What the logic needs of an engine."""

    def now(self) -> datetime: ...
    def service(self, name_or_id: str) -> ServiceState | None: ...
    def tasks(self, service_id: str) -> list[TaskState]: ...
    def node_name(self, node_id: str) -> str: ...
    def nodes(self) -> list[Node]: ...
    def task_log(self, service_id: str, task_id: str, lines: int) -> list[str]: ...
    def spec(self, name_or_id: str) -> ServiceSpec | None: ...
    def create_service(self, body: Mapping[str, JsonValue]) -> str: ...
    def update_service(self, service_id: str, version: int, spec: Mapping[str, JsonValue]) -> None: ...
    def remove_service(self, service_id: str) -> None: ...
    def volume_labels(self, name: str) -> Mapping[str, str] | None: ...
    def create_volume(self, name: str, labels: Mapping[str, str]) -> None: ...
    def run_in_container(self, container_id: str, command: Sequence[str], given: str = "") -> str | None: ...


class DockerEngine:
    """`SwarmApi` over the Docker SDK."""

    def __init__(self, client: docker.APIClient) -> None:
        self._client = client

    @property
    def files(self) -> FileStore:
        """Secrets and configs."""
        return FileStore(self._client)

    def now(self) -> datetime:
        return moment(str(self._client.info()["SystemTime"]))

    def service(self, name_or_id: str) -> ServiceState | None:
        found = self._listed(name_or_id)
        return service_state(found) if found else None

    def spec(self, name_or_id: str) -> ServiceSpec | None:
        found = self._listed(name_or_id)
        return service_spec(found) if found else None

    def _listed(self, name_or_id: str) -> dict[str, JsonValue] | None:
        for key in ("id", "name"):
            # The filters match prefixes as well.
            for found in self._client.services(filters={key: name_or_id}, status=True):  # type: ignore[no-untyped-call]  # the stubs leave it out
                if name_or_id in (found["ID"], found["Spec"]["Name"]):
                    return dict(found)
        return None

    def tasks(self, service_id: str) -> list[TaskState]:
        found = self._client.tasks(filters={"service": service_id})  # type: ignore[no-untyped-call]  # the stubs leave it out
        return [task_state(task) for task in found]

    def node_name(self, node_id: str) -> str:
        try:
            return str(self._client.inspect_node(node_id)["Description"]["Hostname"])
        except NotFound:
            return node_id

    def nodes(self) -> list[Node]:
        return [node(found) for found in self._client.nodes()]

    def task_log(self, service_id: str, task_id: str, lines: int) -> list[str]:
        """Gives the last lines of one task; where the engine cannot read them, the reason in their place."""
        try:
            stream = self._client.service_logs(
                service_id, details=True, stdout=True, stderr=True, tail=str(lines), is_tty=False
            )
            text = b"".join(stream).decode(errors="replace")
        except (APIError, requests.RequestException) as error:
            return [f"(the engine gives no log: {error})"]
        # With details each line begins with its labels; they say which task wrote it.
        pairs = [line.partition(" ") for line in text.splitlines()]
        return [message for details, _, message in pairs if f"{TASK_LABEL}{task_id}" in details][-lines:]

    def create_service(self, body: Mapping[str, JsonValue]) -> str:
        created = self._client.create_service(  # type: ignore[no-untyped-call]  # the stubs leave it out
            task_template=body["TaskTemplate"],
            name=body["Name"],
            labels=body["Labels"],
            mode=body["Mode"],
            update_config=body.get("UpdateConfig"),
            endpoint_spec=body["EndpointSpec"],
        )
        return str(created["ID"])

    def update_service(self, service_id: str, version: int, spec: Mapping[str, JsonValue]) -> None:
        """Gives a service another spec; `ChangedMeanwhile` where somebody else did since `version`."""
        try:
            self._client.update_service(
                service_id,
                version,
                task_template=spec["TaskTemplate"],
                name=spec["Name"],
                labels=spec["Labels"],
                mode=spec["Mode"],
                update_config=spec.get("UpdateConfig"),
                endpoint_spec=spec.get("EndpointSpec"),
            )
        except APIError as error:
            if OUT_OF_SEQUENCE in str(error.explanation):
                raise ChangedMeanwhile(f"service {spec['Name']}: somebody else changed it at the same time") from error
            raise

    def remove_service(self, service_id: str) -> None:
        with suppress(NotFound):
            self._client.remove_service(service_id)  # type: ignore[no-untyped-call]  # the stubs leave it out
        self._remove_ended_containers(service_id)

    def _remove_ended_containers(self, service_id: str) -> None:
        """Swarm 20.10 leaves the container of a job's task that had ended when its service went (measured)."""
        filters = {"label": f"{SERVICE_LABEL}{service_id}", "status": "exited"}
        for container in self._client.containers(all=True, filters=filters):
            with suppress(NotFound):
                self._client.remove_container(container["Id"])

    def network(self, name: str) -> NetworkState | None:
        """Gives the network of that very name: the filter matches parts as well."""
        for found in self._client.networks(names=[name]):
            if found["Name"] == name:
                return NetworkState(found["Id"], found["Driver"], found["Scope"])
        return None

    def volume_labels(self, name: str) -> Mapping[str, str] | None:
        try:
            return dict(self._client.inspect_volume(name)["Labels"] or {})
        except NotFound:
            return None

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        self._client.create_volume(name, labels=dict(labels))

    def run_in_container(self, container_id: str, command: Sequence[str], given: str = "") -> str | None:
        """Gives what the command printed, after it read `given`, which has to end it where there is any.

        None when it failed or the container is not on this node.
        """
        try:
            started = self._client.exec_create(container_id, list(command), stderr=False, stdin=bool(given))
            output = self._spoken_to(started["Id"], given) if given else self._client.exec_start(started["Id"])
            ended = self._client.exec_inspect(started["Id"])
        except APIError:
            return None
        return output.decode(errors="replace") if ended["ExitCode"] == 0 else None

    def _spoken_to(self, exec_id: str, given: str) -> bytes:
        """Gives a command in a container its input, which no list of processes shows, and reads what it answers."""
        stream: Any = self._client.exec_start(exec_id, socket=True)
        with closing(stream):
            # Over a Unix socket the SDK gives a reader around the socket itself.
            getattr(stream, "_sock", stream).sendall(given.encode())
            return b"".join(data for _, data in frames_iter(stream, tty=False))  # type: ignore[no-untyped-call]  # untyped in the SDK
