"""A real Swarm for the system tests of the building blocks.

Everything made here carries a prefix of its own and is removed afterwards, also when a test fails.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import APIError, NotFound

HOST = "unix:///var/run/docker.sock"
# Of this process: another run at the same time removes its own at its end.
IMAGE = f"cmp-box:{os.getpid()}"
SECOND = 1_000_000_000


@dataclass
class RealSwarm:
    """The engine, and what the test made in it."""

    client: Any  # the SDK's stubs leave most methods untyped
    prefix: str
    volumes: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)

    def body(self, name: str, script: str, **options: Any) -> dict[str, Any]:
        container = {"Image": IMAGE, "Command": ["sh", "-c", script], "StopGracePeriod": SECOND}
        return {
            "Name": f"{self.prefix}{name}",
            "Labels": options.get("labels", {}),
            "TaskTemplate": {
                "ContainerSpec": container,
                "RestartPolicy": {"Condition": "any", "Delay": SECOND, "Window": 5 * SECOND},
            },
            "Mode": {"Replicated": {"Replicas": options.get("replicas", 1)}},
            "UpdateConfig": {
                "Parallelism": 1,
                "FailureAction": "rollback",
                "Monitor": 5 * SECOND,
                "Order": options.get("order", "stop-first"),
            },
            "EndpointSpec": {"Mode": "dnsrr", "Ports": options.get("ports", [])},
        }

    def create(self, name: str, script: str, **options: Any) -> str:
        return str(self.post("/services/create", self.body(name, script, **options))["ID"])

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Posts JSON as it is: the SDK's own methods fill in and convert."""
        created: dict[str, Any] = self.client._result(self.client._post_json(self.client._url(path), data=body), True)
        return created

    def remove(self, service_id: str) -> None:
        self.client.remove_service(service_id)

    def task_states(self, service: str) -> list[str]:
        return [task["Status"]["State"] for task in self.client.tasks(filters={"service": service})]

    def update(self, service_id: str, name: str, script: str, **options: Any) -> None:
        version = self.client.inspect_service(service_id)["Version"]["Index"]
        url = self.client._url("/services/{0}/update", service_id)
        response = self.client._post_json(url, data=self.body(name, script, **options), params={"version": version})
        self.client._raise_for_status(response)

    def names_like(self, name: str) -> Sequence[str]:
        found = self.client.services(filters={"name": f"{self.prefix}{name}"})
        return [service["Spec"]["Name"] for service in found]

    def containers_like(self, name: str) -> Sequence[str]:
        found = self.client.containers(all=True, filters={"name": f"{self.prefix}{name}"})
        return [container["Names"][0] for container in found]

    def clean(self) -> None:
        for service in self.client.services(filters={"name": self.prefix}):
            self.client.remove_service(service["ID"])
        for attempt in range(40):
            left = self.client.containers(all=True, filters={"name": self.prefix})
            if not left:
                break
            if attempt % 10 == 9:
                for container in left:
                    with suppress(APIError):
                        self.client.remove_container(container["Id"], force=True)
            subprocess.run(["sleep", "0.25"], check=True)
        for name in self.volumes:
            with suppress(APIError):
                self.client.remove_volume(name, force=True)
        for name in self.networks:
            with suppress(APIError):
                self.client.remove_network(name)


@pytest.fixture(scope="session")
def box_image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A tiny image from Debian's static busybox: no registry of images is needed."""
    folder = tmp_path_factory.mktemp("box")
    tool = busybox(folder)
    root, binaries = folder / "root", tool.parent
    for applet in subprocess.run([tool, "--list"], check=True, capture_output=True, text=True).stdout.split():
        with suppress(FileExistsError):
            (binaries / applet).symlink_to("busybox")
    for name in ("tmp", "etc", "run"):
        (root / name).mkdir(exist_ok=True)
    archive = folder / "box.tar"
    subprocess.run(["tar", "-C", str(root), "-cf", str(archive), "."], check=True)
    client = docker.APIClient(base_url=HOST, version="auto")
    _import(client, archive)
    yield IMAGE
    _remove_when_unused(client)
    client.close()


def busybox(folder: Path) -> Path:
    """Debian's static busybox, unpacked below `root` in a folder."""
    folder.chmod(0o755)
    subprocess.run(["apt-get", "download", "-qq", "busybox-static"], cwd=folder, check=True, capture_output=True)
    (package,) = folder.glob("*.deb")
    root = folder / "root"
    subprocess.run(["dpkg-deb", "-x", str(package), str(root)], check=True)
    return next(path for path in root.rglob("busybox") if path.is_file() and path.parent.name == "bin")


def _import(client: docker.APIClient, archive: Path) -> None:
    repository, tag = IMAGE.split(":")
    client.import_image(str(archive), repository=repository, tag=tag)


def _remove_when_unused(client: docker.APIClient) -> None:
    """The last containers of removed services end a moment later; by force the image would stay without a name."""
    for container in client.containers(all=True, filters={"ancestor": IMAGE}):
        with suppress(NotFound):
            client.wait(container["Id"], timeout=30)
            client.remove_container(container["Id"], force=True)
    client.remove_image(IMAGE)


@pytest.fixture
def swarm(box_image: str) -> Iterator[RealSwarm]:
    client = docker.APIClient(base_url=HOST, version="auto")
    real = RealSwarm(client, f"cmp-{uuid.uuid4().hex[:6]}-")
    yield real
    real.clean()
    client.close()
