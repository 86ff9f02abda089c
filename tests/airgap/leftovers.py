"""What a test has on the Docker Engine under the start of its names: listed, or removed, also after a failure.

The start carries the process that owns it, so that what a killed run left is told from what another run is using.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable
from functools import partial

import docker
import psutil
from docker.errors import APIError, NotFound

_OWN = "airtest"
_OWNER = re.compile(rf"({_OWN}-[a-z]+-(\d+)-[0-9a-f]{{6}}-)")
_SECONDS = 30.0
_Named = tuple[str, Callable[[], object]]


def own_prefix(purpose: str) -> str:
    """Returns a start of names that no other run has."""
    return f"{_OWN}-{purpose}-{os.getpid()}-{uuid.uuid4().hex[:6]}-"


def remaining(engine: docker.DockerClient, prefix: str) -> list[str]:
    """Returns the names that are still there."""
    return [name for kind in _KINDS for name, _ in kind(engine) if name.startswith(prefix)]


def remove_all(engine: docker.DockerClient, prefix: str) -> None:
    """Removes everything; what a container that is just going away still uses is tried again for a while."""
    deadline = time.monotonic() + _SECONDS
    for kind in _KINDS:
        while found := [remove for name, remove in kind(engine) if name.startswith(prefix)]:
            for remove in found:
                _try(remove, is_last=time.monotonic() > deadline)
            time.sleep(0.1)


def remove_ownerless(engine: docker.DockerClient) -> None:
    """Removes what killed runs left: the process that the names carry is gone."""
    owners = {match.groups() for name in remaining(engine, _OWN) if (match := _OWNER.match(name))}
    for prefix, process in owners:
        if not psutil.pid_exists(int(process)):
            remove_all(engine, prefix)


def _try(remove: Callable[[], object], *, is_last: bool) -> None:
    try:
        remove()
    except NotFound:
        return
    except APIError:
        if is_last:
            raise


def _services(engine: docker.DockerClient) -> list[_Named]:
    return [(entry.name, entry.remove) for entry in engine.services.list()]


def _containers(engine: docker.DockerClient) -> list[_Named]:
    found = engine.containers.list(all=True, ignore_removed=True)
    return [(entry.name or "", partial(entry.remove, force=True, v=True)) for entry in found]


def _networks(engine: docker.DockerClient) -> list[_Named]:
    return [(entry.name or "", entry.remove) for entry in engine.networks.list()]


def _configs(engine: docker.DockerClient) -> list[_Named]:
    return [(entry.name, entry.remove) for entry in engine.configs.list()]


def _secrets(engine: docker.DockerClient) -> list[_Named]:
    return [(entry.name, entry.remove) for entry in engine.secrets.list()]


def _volumes(engine: docker.DockerClient) -> list[_Named]:
    return [(entry.name, entry.remove) for entry in engine.volumes.list()]


def _images(engine: docker.DockerClient) -> list[_Named]:
    found = engine.images.list()
    return [(tag, partial(engine.images.remove, tag, force=True)) for entry in found for tag in entry.tags]


# Users before what they use.
_KINDS = (_services, _containers, _networks, _configs, _secrets, _volumes, _images)
