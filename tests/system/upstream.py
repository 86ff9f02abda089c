"""An upstream of a provider, on this machine: answers as OpenAI does and keeps with which key, and when, it was asked.

Takes the LiteLLM that shall reach it, which may be a container with any network of its own.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "yes"}}],
}


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    # A worker opens many connections at once; of the standard five further ones are refused.
    request_queue_size = 128


class Upstream:
    """`asked` holds the time of day and the key of each request; `close` ends it."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
                pass

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                asked.append((time.time(), str(self.headers["authorization"]).removeprefix("Bearer ")))
                answer = json.dumps(ANSWER).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self._http = _Listening(("", 0), Handler)
        self.url = f"http://{_own_address()}:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def last_asked_with(self, key: str) -> float:
        return max((when for when, used in self.asked if used == key), default=0.0)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _own_address() -> str:
    """The address that this machine has towards others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
