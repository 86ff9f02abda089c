"""The program of the gateway-metrics container: `python3 -m gateway_metrics HOST PORT KEY_FILE WINDOW FEWEST`.

Asks every task of the gateway for its `/metrics` with the master key, every ten seconds, and serves their sum at
`:9102/metrics` without one: Netdata needs no key, and no key, team or user is named there.
"""

from __future__ import annotations

import http.client
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

from .exposition import render, samples
from .totals import Totals

PORT = 9102
LOOK_SECONDS = 10
TIMEOUT_SECONDS = 8


class Server(ThreadingHTTPServer):
    """Answers with the page of the last round."""

    daemon_threads = True
    page = ""


class Handler(BaseHTTPRequestHandler):
    """The page, and the health check's."""

    server: Server

    def do_GET(self) -> None:
        known = {"/metrics": self.server.page, "/health": "ok\n"}
        body = known.get(self.path, "here are /metrics and /health\n").encode()
        self.send_response(200 if self.path in known else 404)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: a scrape every few seconds would fill the log."""


def addresses(host: str, port: int) -> list[str]:
    """The addresses of all tasks of a service, which Swarm's DNS gives by its name."""
    try:
        found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return []
    return sorted({str(entry[4][0]) for entry in found})


def asked(address: str, port: int, key: str) -> str | None:
    """A task's page; None when it gives none."""
    connection = http.client.HTTPConnection(address, port, timeout=TIMEOUT_SECONDS)
    try:
        # With the slash: without it LiteLLM answers by a redirect to it.
        connection.request("GET", "/metrics/", headers={"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        page = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return page if response.status == http.HTTPStatus.OK else None


def main(arguments: Sequence[str]) -> int:
    """Asks and serves until it is told to end."""
    host, port, key_file, window, fewest = arguments
    key = Path(key_file).read_text(encoding="utf-8").rstrip("\n")
    totals = Totals(window_seconds=float(window), fewest_requests=int(fewest))
    ends = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ends.set()

    # As process 1 nothing ends it unless it says so itself.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    server = Server(("", PORT), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not ends.is_set():
        pages = {address: asked(address, int(port), key) for address in addresses(host, int(port))}
        answered = {address: page for address, page in pages.items() if page is not None}
        for address, page in answered.items():
            totals.add(address, samples(page))
        totals.looked(time.monotonic(), tasks=len(answered))
        server.page = render(totals.metrics())
        ends.wait(LOOK_SECONDS)
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
