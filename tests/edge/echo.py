"""A small HTTP server that tells what reached it: address, headers and the length of the body, as JSON.

Below /early it begins its answer before it has read the request's body; /upgrade takes the connection over, as for a
websocket, and sends back what comes.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    """Answers every request with what it was."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        if self.path.startswith("/early"):
            self.answer_early()
            return
        if self.path == "/upgrade":
            self.take_over()
            return
        received = self.received()
        told = {"path": self.path, "bytes": received, "headers": {k.lower(): v for k, v in self.headers.items()}}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_early(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.send_piece(b"early")
        self.send_piece(b", %d bytes" % self.received())
        self.send_piece(b"")

    def take_over(self) -> None:
        self.close_connection = True
        self.send_response(101)
        self.send_header("connection", "upgrade")
        self.send_header("upgrade", "echo")
        self.end_headers()
        while piece := self.connection.recv(1 << 10):
            self.connection.sendall(piece)

    def send_piece(self, piece: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

    def received(self) -> int:
        left = int(self.headers.get("content-length") or 0)
        while left and (piece := self.rfile.read1(min(left, 1 << 20))):
            left -= len(piece)
        return int(self.headers.get("content-length") or 0) - left

    do_GET = do_POST = answer  # noqa: N815  http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
        """Says nothing."""


ThreadingHTTPServer(("", int(sys.argv[1])), Echo).serve_forever()
