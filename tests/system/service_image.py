"""The image of a running service, and the same one under another name: to the program, a new version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.system.installation import Installation, docker


def image_of(made: Installation, service: str) -> str:
    """As the service's spec names it."""
    spec = json.loads(docker("service", "inspect", made.service(service)))[0]["Spec"]
    return str(spec["TaskTemplate"]["ContainerSpec"]["Image"])


@contextmanager
def other_image(made: Installation, service: str) -> Iterator[str]:
    """The image's other name, for as long as the block runs."""
    name = f"llmproxy-systest/{service}:{made.prefix}next"
    docker("tag", image_of(made, service), name)
    try:
        yield name
    finally:
        docker("rmi", "--force", name)
