"""The engine over ssh: one local `ssh` process a connection, running `docker system dial-stdio` on the other side.

The docker SDK has such a transport too, but takes no options for ssh (`sshOpts`) and needs paramiko even when it starts
the program. The process talks to one end of a socket pair, the HTTP client to the other.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from http.client import HTTPConnection
from urllib.parse import urlsplit

import docker
import urllib3
import urllib3.connection
from requests.adapters import HTTPAdapter

_CONNECTIONS = 10


def ssh_command(host: str, options: Sequence[str]) -> list[str]:
    """Returns the command that connects its stdin and stdout to the engine at an `ssh://` address."""
    address = urlsplit(host)
    command = ["ssh", *options]
    if address.username:
        command += ["-l", address.username]
    if address.port:
        command += ["-p", str(address.port)]
    return [*command, "--", address.hostname or "", "docker", "system", "dial-stdio"]


class _Connection(urllib3.connection.HTTPConnection):
    """A connection whose other end is a process."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def connect(self) -> None:
        """Starts the process."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                self._command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL
            )
        ours.settimeout(self.timeout if isinstance(self.timeout, int | float) else None)
        self.sock = ours

    def close(self) -> None:
        """Ends the process with the connection."""
        HTTPConnection.close(self)
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


class _Pool(urllib3.HTTPConnectionPool):
    """Connections that are processes."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        super().__init__("localhost", timeout=timeout, maxsize=_CONNECTIONS)
        self._command = command
        self._seconds = timeout

    def _new_conn(self) -> _Connection:
        return _Connection(self._command, self._seconds)


class _Adapter(HTTPAdapter):
    """Sends every request through the pool of processes."""

    def __init__(self, pool: _Pool) -> None:
        self._pool = pool
        super().__init__()

    def get_connection_with_tls_context(self, *_args: object, **_kwargs: object) -> _Pool:
        """Returns the one pool there is."""
        return self._pool

    def request_url(self, request: object, proxies: object) -> str:  # noqa: ARG002 - signature of requests
        """Returns the path alone: the other end is the engine itself, never a proxy."""
        return str(getattr(request, "path_url", "/"))


class _SshClient(docker.APIClient):
    """The SDK's client over the processes."""

    def __init__(self, host: str, options: Sequence[str], timeout: int) -> None:
        super().__init__(base_url="http://docker.invalid", version="1.24", timeout=timeout)
        self.mount("http://docker.invalid", _Adapter(_Pool(ssh_command(host, options), timeout)))
        self._version = str(self.version(api_version=False)["ApiVersion"])


def ssh_client(host: str, options: Sequence[str], *, timeout: int) -> docker.APIClient:
    """Returns a client for the address that has agreed with the engine on a version."""
    return _SshClient(host, options, timeout)
