"""The five calls to the Docker Engine that the keeper needs, over its socket.

Takes the socket's path, gives typed answers. The standard library only: the keeper's image has nothing else.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .reports import Run

SOCKET = "/var/run/docker.sock"
TIMEOUT_SECONDS = 20
LOG_LINES = 20
HEADER = 8


class EngineError(Exception):
    """The engine does not answer, or refused a call."""


@dataclass(frozen=True)
class Service:
    """A job's service as it is.

    Attributes:
        version: Without it the engine takes no update; an update by anybody makes it another one.
        spec: All of it, as it has to be given back.
        made: When it was made.
    """

    service_id: str
    version: int
    spec: Mapping[str, Any]
    made: str

    @property
    def name(self) -> str:
        return str(self.spec["Name"])

    @property
    def labels(self) -> Mapping[str, str]:
        return dict(self.spec.get("Labels") or {})

    @property
    def replicas(self) -> int:
        return int((self.spec["Mode"].get("Replicated") or {}).get("Replicas") or 0)

    @property
    def asked_by(self) -> int:
        return int(self.spec["TaskTemplate"].get("ForceUpdate") or 0)


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Engine:
    """See the module."""

    def __init__(self, path: str = SOCKET) -> None:
        self._path = path

    def services(self, labels: Sequence[str]) -> list[Service]:
        """The services that carry all of these labels, each `name` or `name=value`."""
        return [
            Service(found["ID"], found["Version"]["Index"], found["Spec"], found["CreatedAt"])
            for found in self._asked("/services", {"filters": json.dumps({"label": [*labels]})})
        ]

    def runs(self, service_id: str) -> list[Run]:
        """The tasks of a service, oldest first."""
        found = self._asked("/tasks", {"filters": json.dumps({"service": [service_id]})})
        return [_run(task) for task in sorted(found, key=lambda task: str(task["CreatedAt"]))]

    def log(self, task_id: str) -> list[str]:
        """The last lines that a task wrote; those on its error stream come after the others, as neither is ordered."""
        options = {"stdout": "1", "stderr": "1", "tail": str(LOG_LINES)}
        raw = self._answer("GET", f"/tasks/{task_id}/logs", options)
        messages = [*_messages(raw)]
        together = b"".join(text for _, text in sorted(messages, key=lambda message: message[0]))
        return together.decode(errors="replace").splitlines()

    def update(self, service: Service, spec: Mapping[str, Any]) -> None:
        """Gives the service another spec, unless somebody else did since it was read."""
        self._answer("POST", f"/services/{service.service_id}/update", {"version": str(service.version)}, spec)

    def _asked(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self._answer("GET", path, query))
        return found

    def _answer(self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None) -> bytes:
        connection = _Connection(self._path)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, f"{path}?{urlencode(query)}", payload, {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise EngineError(f"Docker Engine at {self._path}: {method} {path}: no answer ({error})") from error
        finally:
            connection.close()
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            said = content.decode(errors="replace").strip()
            raise EngineError(f"Docker Engine at {self._path}: {method} {path}: status {response.status}: {said}")
        return content


def _run(task: Mapping[str, Any]) -> Run:
    status = task["Status"]
    container = status.get("ContainerStatus") or {}
    return Run(
        task_id=task["ID"],
        state=status["State"],
        created=task["CreatedAt"],
        since=status["Timestamp"],
        message=status.get("Err") or status.get("Message") or "",
        exit_code=container.get("ExitCode"),
        asked_by=int(task["Spec"].get("ForceUpdate") or 0),
    )


def _messages(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """What stands between the headers of the engine's multiplexed stream, each with its number: 1 output, 2 error."""
    while len(raw) >= HEADER:
        end = HEADER + int.from_bytes(raw[4:HEADER], "big")
        yield raw[0], raw[HEADER:end]
        raw = raw[end:]
