"""What every resource of the docker provider does with the engine, and the engine's errors as ours.

DockerObject
├── Network        networks.py
├── Volume         volumes.py
├── ServiceConfig  files.py
├── Secret         files.py
└── Service        services.py
"""

# ruff: noqa: ARG002 - the signatures are those of DockerObject

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from airgap.plugins.docker.engine import Engine
from airgap.plugins.docker.schema import schemas
from airgap.plugins.failures import NotSupported, PluginError
from airgap.plugins.values import Tree


class DockerObject(ABC):
    """One type of resource on one engine."""

    token: str

    def __init__(self, client: Engine) -> None:
        self._client = client

    @abstractmethod
    def create(self, planned: Tree) -> str:
        """Makes the object; returns its id."""

    @abstractmethod
    def read(self, object_id: str, known: Tree) -> Tree | None:
        """Returns the outputs, None when it is gone; `known` has what the engine does not tell."""

    def update(self, object_id: str, planned: Tree) -> None:
        """Changes the object in place."""
        raise NotSupported(f"{self.token} {object_id} cannot be updated in place: every change replaces it")

    @abstractmethod
    def delete(self, object_id: str, properties: Tree) -> None:
        """Removes the object."""

    def meta(self) -> Tree:
        """Returns the schema version that the state carries."""
        version = schemas()[self.token].version
        return {"__meta": f'{{"schema_version":"{version}"}}'} if version else {}


@contextmanager
def engine_errors(action: str) -> Iterator[None]:
    """Turns what the SDK raises into a failure that says what was being done."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    try:
        yield
    except (DockerException, RequestException) as error:
        reason = getattr(error, "explanation", None) or str(error)
        raise PluginError(f"{action}: {reason}") from error


def found_or_none(ask: Callable[[], Tree], action: str) -> Tree | None:
    """Returns the engine's answer, None when it knows no such object."""
    from docker.errors import NotFound

    with engine_errors(action):
        try:
            return ask()
        except NotFound:
            return None


def retried(remove: Callable[[], None], while_said: tuple[str, ...], seconds: float) -> None:
    """Repeats a removal as long as the engine answers with one of the texts, at most for that time."""
    from docker.errors import APIError

    deadline = time.monotonic() + seconds
    while True:
        try:
            return remove()
        except APIError as error:
            said = str(error.explanation or "")
            if time.monotonic() > deadline or not any(text in said for text in while_said):
                raise
        time.sleep(0.3)
