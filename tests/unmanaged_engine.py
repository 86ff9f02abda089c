"""An engine that manages no Swarm, as far as a client can tell: for what one real manager cannot show.

Takes a folder and what the engine says of its Swarm; answers on a socket what Docker 20.10 answers when its node is no
manager: about itself and its containers, and 503 for services, configs and secrets.
"""

from __future__ import annotations

import json
import socketserver
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

MANAGER = "192.0.2.7:2377"
WORKER = {
    "LocalNodeState": "active",
    "ControlAvailable": False,
    "Error": "",
    "RemoteManagers": [{"NodeID": "m1", "Addr": MANAGER}],
}
IN_NO_SWARM = {"LocalNodeState": "inactive", "ControlAvailable": False, "Error": "", "RemoteManagers": None}
NO_MANAGER = json.dumps({"message": "This node is not a swarm manager."})


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    answers: Mapping[str, str]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        asked = self.path.partition("?")[0]
        answer = next((text for path, text in self.server.answers.items() if asked.endswith(path)), None)
        content = (NO_MANAGER if answer is None else answer).encode()
        self.send_response(503 if answer is None else 200)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
        """Says nothing."""

    def address_string(self) -> str:
        return "unix"


@contextmanager
def unmanaged_engine(
    swarm: Mapping[str, object], *, containers: object = (), volumes: object = (), networks: object = ()
) -> Iterator[str]:
    """Answers while the block runs; gives the address."""
    answers = {
        "/_ping": "OK",
        "/version": json.dumps({"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Version": "20.10.24"}),
        "/info": json.dumps({"ServerVersion": "20.10.24", "Swarm": swarm}),
        "/containers/json": json.dumps(containers),
        "/volumes": json.dumps({"Volumes": volumes}),
        "/networks": json.dumps(networks),
    }
    # A socket's path must be short: pytest's folders are not.
    with tempfile.TemporaryDirectory() as folder, _Server(str(Path(folder, "docker.sock")), _Handler) as server:
        server.answers = answers
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"unix://{server.server_address}"
        finally:
            server.shutdown()
            thread.join()
