"""The built images on the real engine; whatever a test starts carries a name of its own and is removed afterwards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest

from airgap.images.build import DEFAULT_DOCKER_HOST, build


@dataclass
class Bench:
    """Containers of one test on one network."""

    client: Any  # the SDK's stubs leave most methods untyped
    name: str
    tags: dict[str, str]
    containers: list[Any] = field(default_factory=list)

    def run(self, image: str, name: str, command: list[str] | None = None, **options: Any) -> Any:
        """Starts a container; neighbours find it as `name`."""
        container = self.client.containers.create(
            self.tags[image], command, name=f"{self.name}-{name}", network=self.name, **options
        )
        self.containers.append(container)
        network = self.client.networks.get(self.name)
        network.disconnect(container)
        network.connect(container, aliases=[name])
        container.start()
        return container

    def finish(self, container: Any, seconds: float = 120) -> tuple[int, str]:
        """Waits for a container's end; gives exit code and output."""
        code = container.wait(timeout=seconds)["StatusCode"]
        return code, container.logs().decode()


@pytest.fixture(scope="session")
def built() -> Callable[..., dict[str, str]]:
    """The builder, with the locks and logs that every builder of this machine shares."""
    folder = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy")) / "images"
    host = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
    return lambda *names: build(names, docker_host=host, lock_dir=folder, log_dir=folder / "logs", progress=print)


@pytest.fixture
def bench(built: Callable[..., dict[str, str]]) -> Iterator[Bench]:
    client = docker.from_env()
    made = Bench(client, f"img-{uuid.uuid4().hex[:8]}", built("postgres", "litellm"))
    network = client.networks.create(made.name)
    try:
        yield made
    finally:
        for container in made.containers:
            container.remove(force=True, v=True)
        network.remove()
        client.close()
