"""Containers of the monitoring tests, on one network of their own; removed afterwards, also when a test fails."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest

from airgap.images.build import DEFAULT_DOCKER_HOST, build
from airgap.images.content import base_tag
from tests.airgap.leftovers import own_prefix, remove_all

Looked = Callable[[], object]


class Room:
    """One network and what is on it."""

    def __init__(self, client: Any, name: str, tags: Mapping[str, str]) -> None:
        self.client, self.name, self.tags = client, name, tags

    def run(self, image: str, aliases: list[str], command: list[str] | None = None, **options: Any) -> Any:
        """Starts a container; the others find it by its aliases. `python` is the base of the images."""
        tag = base_tag() if image == "python" else self.tags[image]
        container = self.client.containers.create(
            tag, command, name=f"{self.name}-{aliases[0]}", network=self.name, **options
        )
        network = self.client.networks.get(self.name)
        network.disconnect(container)
        network.connect(container, aliases=aliases)
        container.start()
        return container


def until(look: Looked, *, seconds: float, what: str) -> Any:
    """Gives the first answer of `look` that is true."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"after {seconds:g} s still not: {what}")
        time.sleep(0.5)
    return found


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    made = docker.from_env()
    yield made
    made.close()


@pytest.fixture(scope="module")
def room(client: Any) -> Iterator[Room]:
    folder = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy")) / "images"
    host = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
    names = ("netdata", "postgres")
    tags = build(names, docker_host=host, lock_dir=folder, log_dir=folder / "logs", progress=print)
    prefix = own_prefix("mon")
    made = Room(client, f"{prefix}room", tags)
    try:
        client.networks.create(made.name)
        yield made
    finally:
        remove_all(client, prefix)
