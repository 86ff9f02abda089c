"""The tests' small LiteLLM behind real HTTP, in a process of its own: thousands of models without a database.

Run as a program it prints its port and answers until it is ended.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from tests.litellm_resources.fake_litellm import OLD, FakeLitellm

ROOT = Path(__file__).parents[2]


class Handler(BaseHTTPRequestHandler):
    """Passes each request to the fake."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake = FakeLitellm(version=OLD)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {"Authorization": self.headers["Authorization"], "Content-Type": "application/json"}
        url = f"http://fake{self.path}"
        answer = self.fake.send(requests.Request(self.command, url, headers=headers, data=body).prepare())
        self.send_response(answer.status_code)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815  http.server's names


@contextmanager
def fake_gateway() -> Iterator[str]:
    """A new one; gives its address."""
    words = [sys.executable, "-m", "tests.bench.fake_gateway"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
