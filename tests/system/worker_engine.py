"""An engine that is a worker of a Swarm, as far as a client can tell: for what one real manager cannot show.

Takes a socket's path; answers on it what Docker 20.10 answers about itself when its node is no manager.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

MANAGER = "192.0.2.7:2377"
ANSWERS = {
    "/_ping": "OK",
    "/version": json.dumps({"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Version": "20.10.24"}),
    "/info": json.dumps(
        {
            "ServerVersion": "20.10.24",
            "Swarm": {
                "LocalNodeState": "active",
                "ControlAvailable": False,
                "Error": "",
                "RemoteManagers": [{"NodeID": "m1", "Addr": MANAGER}],
            },
        }
    ),
}
NO_MANAGER = json.dumps({"message": "This node is not a swarm manager."})


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        asked = self.path.partition("?")[0]
        answer = next((text for path, text in ANSWERS.items() if asked.endswith(path)), None)
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


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def worker_engine(folder: Path) -> Iterator[str]:
    """Answers while the block runs; gives the address."""
    path = folder / "worker.sock"
    with _Server(str(path), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"unix://{path}"
        finally:
            server.shutdown()
            thread.join()
            path.unlink()
