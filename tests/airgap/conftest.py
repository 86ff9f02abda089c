"""The real engine of the system tests, free of what killed runs of them have left."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from tests.airgap.leftovers import remove_ownerless


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    try:
        remove_ownerless(client)
        yield client
    finally:
        client.close()
