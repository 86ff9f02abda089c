"""The built images on the real engine; whatever a test starts carries a name of its own and is removed afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest

from airgap.images.build import DEFAULT_DOCKER_HOST, build
from tests.airgap.leftovers import own_prefix, remove_all


@dataclass
class Bench:
    """Containers, and volumes, of one test on one network, all of whose names begin alike."""

    client: Any  # the SDK's stubs leave most methods untyped
    name: str
    tags: dict[str, str]

    def run(self, image: str, name: str, command: list[str] | None = None, **options: Any) -> Any:
        """Starts a container; neighbours find it as `name`."""
        container = self.client.containers.create(
            self.tags[image], command, name=f"{self.name}-{name}", network=self.name, **options
        )
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
def bench(engine: docker.DockerClient, built: Callable[..., dict[str, str]]) -> Iterator[Bench]:
    prefix = own_prefix("bench")
    made = Bench(engine, f"{prefix}test", built("postgres", "litellm"))
    try:
        engine.networks.create(made.name)
        yield made
    finally:
        remove_all(engine, prefix)
