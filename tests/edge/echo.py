"""A small HTTP server that tells what reached it: address, headers and the length of the body, as JSON."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    """Answers every request with what it was."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        left = int(self.headers.get("content-length") or 0)
        received = 0
        while left > received:
            received += len(self.rfile.read(min(left - received, 1 << 20)))
        told = {"path": self.path, "bytes": received, "headers": {k.lower(): v for k, v in self.headers.items()}}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815  http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
        """Says nothing."""


ThreadingHTTPServer(("", int(sys.argv[1])), Echo).serve_forever()
