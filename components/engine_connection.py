"""A connection to the engine of a Swarm manager, for one operation.

Takes the address of a manager (unix, tcp or ssh), gives a `DockerEngine`; whatever goes wrong, at the start or in
between, is a `SwarmError`. Apart from the engine's calls, which know nothing of how it is reached. Pure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import docker
import requests
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env

from components.docker_engine import DockerEngine
from components.errors import EngineUnreachable, SwarmError
from components.ssh_bridge import bridge

TIMEOUT_SECONDS = 20


@contextmanager
def connect(host: str) -> Iterator[DockerEngine]:
    """Opens a connection for one operation.

    tcp takes DOCKER_TLS_VERIFY and DOCKER_CERT_PATH from the environment, as the docker provider does.

    Raises:
        EngineUnreachable: No answer, at the start or in between.
        SwarmError: The engine refused a call.
    """
    if not host.startswith("ssh://"):
        with _connected(host, host) as engine:
            yield engine
        return
    with bridge(host) as local:
        try:
            with _connected(local.address, host) as engine:
                yield engine
        except EngineUnreachable as error:
            raise EngineUnreachable(f"{error} (ssh says: {local.complaint() or 'nothing'})") from error


@contextmanager
def _connected(address: str, host: str) -> Iterator[DockerEngine]:
    try:
        options = kwargs_from_env(environment={**os.environ, "DOCKER_HOST": address})
        client = docker.APIClient(**options, version="auto", timeout=TIMEOUT_SECONDS)
    except (DockerException, requests.RequestException, OSError) as error:
        raise EngineUnreachable(_unreachable(host, error)) from error
    try:
        yield DockerEngine(client)
    except APIError as error:  # a RequestException too, so it comes first
        raise SwarmError(f"Docker Engine at {host}: {error.explanation or error}") from error
    except requests.RequestException as error:
        raise EngineUnreachable(_unreachable(host, error)) from error
    finally:
        client.close()


def _unreachable(host: str, error: Exception) -> str:
    return (
        f"Docker Engine at {host}: no answer ({type(error).__name__}: {error}); "
        "start it, or set docker.host to a manager that answers"
    )
