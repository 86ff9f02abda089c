"""The two questions that the discovery asks the Docker API, through the read-only socket proxy.

Takes the proxy's address, gives services and tasks as the engine tells of them. The standard library only.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 10
STATES = ("starting", "running")


class NotAnswered(Exception):
    """The proxy does not answer, or refuses."""


@dataclass(frozen=True)
class Task:
    """A task that runs.

    Attributes:
        slot: Its number, or its node for a service of which every node has one.
    """

    service_id: str
    node_id: str
    container_id: str
    slot: str


class Swarm:
    """The Docker API behind `address`, as `host:port`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def services(self) -> list[dict[str, Any]]:
        """All services."""
        return self._asked("/services", {})

    def tasks(self) -> list[Task]:
        """All tasks whose container runs, also before their health is known."""
        found = self._asked("/tasks", {"filters": json.dumps({"desired-state": ["running"]})})
        return [_task(one) for one in found if one["Status"]["State"] in STATES]

    def _asked(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", f"{path}?{urlencode(query)}")
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise NotAnswered(f"socket proxy {self._address}: GET {path}: no answer ({error})") from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise NotAnswered(f"socket proxy {self._address}: GET {path}: status {response.status}")
        found: list[dict[str, Any]] = json.loads(content)
        return found


def _task(found: Mapping[str, Any]) -> Task:
    container = found["Status"].get("ContainerStatus") or {}
    node = str(found.get("NodeID"))
    return Task(
        str(found.get("ServiceID")), node, str(container.get("ContainerID") or ""), str(found.get("Slot") or node)
    )
