"""The built images on the real engine; whatever a test starts carries a name of its own and is removed afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from tests.airgap.bench import Bench, built
from tests.airgap.leftovers import own_prefix, remove_all


@pytest.fixture
def bench(engine: docker.DockerClient) -> Iterator[Bench]:
    prefix = own_prefix("bench")
    made = Bench(engine, f"{prefix}test", built("postgres", "litellm"))
    try:
        engine.networks.create(made.name)
        yield made
    finally:
        remove_all(engine, prefix)
