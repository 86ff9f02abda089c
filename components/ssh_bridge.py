"""A Docker Engine behind ssh, as a local socket.

Takes `ssh://[user@]host[:port]`, gives a `unix://` address for as long as it is needed. The Docker SDK's own ssh
transport opens a session for every request, knows no time-out and leaves its processes behind (7.2.0, measured);
through a local socket its ordinary transport keeps one session open, and its time-outs hold.
The system's ssh is used, so that its configuration, agent and known hosts count; it never asks.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

OPTIONS = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15")
REMOTE = ("docker", "system", "dial-stdio")
END_SECONDS = 5


@dataclass
class Bridge:
    """The local end.

    Attributes:
        address: Where the Docker SDK connects.
    """

    address: str
    _errors: Path
    _sessions: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def complaint(self) -> str:
        """Gives what ssh said last, such as `Permission denied`."""
        lines = self._errors.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def ssh_command(host: str) -> list[str]:
    """Gives the command that connects its own input and output to the remote engine."""
    parts = urlsplit(host)
    user = ["-l", parts.username] if parts.username else []
    port = ["-p", str(parts.port)] if parts.port else []
    return ["ssh", *OPTIONS, *user, *port, "--", parts.hostname or "", *REMOTE]


@contextmanager
def bridge(host: str) -> Iterator[Bridge]:
    """Serves the remote engine on a socket of its own; at the end every session is closed."""
    with tempfile.TemporaryDirectory(prefix="llmproxy-ssh-") as folder, socket.socket(socket.AF_UNIX) as listener:
        path, errors = Path(folder, "docker.sock"), Path(folder, "errors")
        errors.touch()
        listener.bind(str(path))
        listener.listen()
        opened = Bridge(f"unix://{path}", errors)
        server = threading.Thread(target=_serve, args=(listener, ssh_command(host), opened), daemon=True)
        server.start()
        try:
            yield opened
        finally:
            # Wakes the accept of the other thread, which a close alone does not.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            server.join(END_SECONDS)
            for session in opened._sessions:
                session.terminate()
                session.wait(END_SECONDS)


def _serve(listener: socket.socket, command: list[str], opened: Bridge) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client, opened._errors.open("ab") as errors:
            # The connection itself is ssh's input and output: nothing has to be copied here.
            opened._sessions.append(
                subprocess.Popen(command, stdin=client.fileno(), stdout=client.fileno(), stderr=errors)
            )
