"""What a test has on the Docker Engine under the start of its names: listed, or removed, also after a failure."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import docker
from docker.errors import APIError, NotFound

_SECONDS = 30.0


def own_prefix(purpose: str) -> str:
    """Returns a start of names that no other run has."""
    return f"plugins-{purpose}-{uuid.uuid4().hex[:6]}-"


def remaining(engine: docker.DockerClient, prefix: str) -> list[str]:
    """Returns the names that are still there."""
    return [_name(found) for kind in _kinds(engine) for found in _found(kind, prefix)]


def remove_all(engine: docker.DockerClient, prefix: str) -> None:
    """Removes everything; what a container that is just going away still uses is tried again for a while."""
    deadline = time.monotonic() + _SECONDS
    for kind in _kinds(engine):
        while found := _found(kind, prefix):
            for entry in found:
                _removed(entry.remove, may_retry=time.monotonic() < deadline)
            time.sleep(0.2)


def _removed(remove: Callable[[], None], *, may_retry: bool) -> None:
    try:
        remove()
    except NotFound:
        return
    except APIError:
        if not may_retry:
            raise


def _kinds(engine: docker.DockerClient) -> tuple[Any, ...]:
    """The kinds of objects, users first; a container goes with its service and is only waited for."""
    return engine.services, engine.containers, engine.networks, engine.configs, engine.secrets, engine.volumes


def _found(kind: Any, prefix: str) -> list[Any]:
    options = {"all": True, "ignore_removed": True} if hasattr(kind, "prune") and hasattr(kind, "run") else {}
    return [entry for entry in kind.list(filters={"name": prefix}, **options) if _name(entry).startswith(prefix)]


def _name(entry: Any) -> str:
    return str(entry.name)
