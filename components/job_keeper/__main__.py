"""The program of the job-keeper's container: `python3 -m job_keeper LABEL=VALUE …`.

Looks every two seconds, and serves what it saw: `/metrics`, `/jobs`, and `/health`, which is bad when the engine has
not been seen for a minute.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType

from .engine import Engine, EngineError
from .exposition import jobs_json, metrics
from .keeper import Keeper

PORT = 9101
LOOK_SECONDS = 2
BLIND_SECONDS = 60


class Server(ThreadingHTTPServer):
    """Answers from what the keeper saw last."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], keeper: Keeper) -> None:
        super().__init__(address, Handler)
        self.keeper = keeper


class Handler(BaseHTTPRequestHandler):
    """The three pages."""

    server: Server

    def do_GET(self) -> None:
        status, kind, text = page(self.path, self.server.keeper)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: a scrape every few seconds would fill the log."""


def page(path: str, keeper: Keeper) -> tuple[int, str, str]:
    """Status, content type and text of a page."""
    now = datetime.now(UTC)
    if path == "/metrics":
        return 200, "text/plain; version=0.0.4", metrics(keeper.jobs, looked=keeper.looked, now=now)
    if path == "/jobs":
        return 200, "application/json", jobs_json(keeper.jobs, now=now)
    if path == "/health":
        seen = time.time() - keeper.looked <= BLIND_SECONDS
        return (200, "text/plain", "ok\n") if seen else (503, "text/plain", "the engine does not answer\n")
    return 404, "text/plain", "here are /metrics, /jobs and /health\n"


def main(arguments: Sequence[str]) -> int:
    """Keeps the jobs with these labels until it is told to end."""
    ends = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ends.set()

    # As process 1 nothing ends it unless it says so itself.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    keeper = Keeper(Engine(), arguments, say=lambda line: print(line, flush=True))
    server = Server(("", PORT), keeper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not ends.is_set():
        try:
            keeper.look()
        except EngineError as error:
            print(error, flush=True)
        ends.wait(LOOK_SECONDS)
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
