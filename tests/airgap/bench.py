"""Containers of our images on the real engine, under names of their own, and the builder of the images.

Takes the engine and the images' tags; gives containers that find each other by name. Whoever makes a bench removes
what begins with its name (`leftovers.py`), also after a failure.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airgap.images.build import DEFAULT_DOCKER_HOST, build


@dataclass
class Bench:
    """Containers, and volumes, on one network, all of whose names begin alike."""

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

    def address(self, container: Any) -> str:
        """Where this machine reaches a container."""
        container.reload()
        return str(container.attrs["NetworkSettings"]["Networks"][self.name]["IPAddress"])


def built(*names: str) -> dict[str, str]:
    """Builds images where they are missing, with the locks and logs of every builder of this machine; gives tags."""
    folder = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy")) / "images"
    host = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
    return build(names, docker_host=host, lock_dir=folder, log_dir=folder / "logs", progress=print)
