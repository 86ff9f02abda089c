"""The connection to the Docker Engine: unix, tcp, and ssh as the official plugin does it.

Takes the provider's configuration, gives the docker SDK's low-level client. An engine that does not answer is an error
that names the host, also in a preview.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, cast

from airgap.plugins.docker.engine import Engine
from airgap.plugins.failures import NotSupported, PluginError
from airgap.plugins.values import Tree, text, texts

if TYPE_CHECKING:
    from docker.tls import TLSConfig

_DEFAULT_HOST = "unix:///var/run/docker.sock"
_REFUSED = ("caMaterial", "certMaterial", "keyMaterial", "registryAuth", "context")
_ANSWER_SECONDS = 8
_REQUEST_SECONDS = 120
# As many as there are threads that may ask at once: a pooled connection is not made anew for each question.
_CONNECTIONS = 64


def connect(config: Tree) -> Engine:
    """Returns a client that has reached the engine.

    Raises:
        NotSupported: The configuration uses what only the official plugin implements.
        PluginError: The engine does not answer.
    """
    import docker
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    for name in _REFUSED:
        if config.get(name):
            raise NotSupported(f"docker provider: {name} is not implemented by the stand-in plugin; remove it")
    host = text(config.get("host")) or os.environ.get("DOCKER_HOST") or _DEFAULT_HOST
    try:
        if host.startswith("ssh://"):
            from airgap.plugins.docker.ssh import ssh_client

            return cast("Engine", ssh_client(host, texts(config.get("sshOpts")), timeout=_REQUEST_SECONDS))
        _probe(host)
        client = docker.APIClient(
            base_url=host,
            version="auto",
            timeout=_ANSWER_SECONDS,
            max_pool_size=_CONNECTIONS,
            tls=_tls(text(config.get("certPath"))),
        )
    except (DockerException, RequestException, OSError) as error:
        raise PluginError(
            f"docker provider: no Docker Engine answers at {host} within {_ANSWER_SECONDS} s ({_cause(error)}); "
            "start it, or set the provider's host to where it listens"
        ) from error
    client.timeout = _REQUEST_SECONDS
    return cast("Engine", client)


def _probe(host: str) -> None:
    """Opens and closes a connection to a unix socket: the SDK leaks its own when nobody listens."""
    path = host.removeprefix("unix://")
    if path != host:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_ANSWER_SECONDS)
            probe.connect("/" + path.lstrip("/"))


def _tls(folder: str) -> TLSConfig | bool:
    if not folder:
        return False
    from docker.tls import TLSConfig

    path = Path(folder)
    return TLSConfig(
        client_cert=(str(path / "cert.pem"), str(path / "key.pem")), ca_cert=str(path / "ca.pem"), verify=True
    )


def _cause(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return str(error)
