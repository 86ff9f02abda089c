"""An HTTP server for the contract images: requests and answers as values, streams, a limit for bodies.

Takes a function from `Request` to `Answer`; serves until TERM, then finishes what is running, lets each connection go
with its answer and closes those on which nothing is asked, as the servers of Go and Rust do that end gracefully. Apart,
because all four products speak HTTP.
"""

from __future__ import annotations

import io
import json
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

JSON = "application/json"
HTML = "text/html; charset=utf-8"
EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Request:
    """What was asked; header names in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    client: str

    def json(self) -> dict[str, object]:
        """The body as an object; anything else counts as an empty one."""
        try:
            document: object = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


@dataclass(frozen=True)
class Answer:
    """What is sent; a body that is an iterator is sent piece by piece, as it comes."""

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Respond = Callable[[Request], Answer]


def as_json(document: object, status: int = 200) -> Answer:
    """An answer that holds a JSON document."""
    return Answer(status, json.dumps(document).encode())


def page(product: str, text: str) -> Answer:
    """The page of a contract image: it says what it is not."""
    title = f"contract image, not {product}"
    body = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>\n"
    return Answer(body=body.encode(), content_type=HTML)


def bearer(headers: Mapping[str, str]) -> str:
    """The token of the Authorization header, whether or not it says Bearer."""
    return headers.get("authorization", "").removeprefix("Bearer ")


def serve(respond: Respond, port: int, *, max_body: int = 2**20, tls: ssl.SSLContext | None = None) -> None:
    """Serves on all addresses until TERM or INT; a body longer than `max_body` is answered with 413."""
    ending = _Ending()
    server = ThreadingHTTPServer(("", port), _handler(respond, max_body, ending))
    server.daemon_threads = False
    if tls is not None:
        # The handshake belongs to the connection's own thread: one that says nothing must not stop the others.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)

    def stop(_signal: int, _frame: object) -> None:
        threading.Thread(target=end).start()

    def end() -> None:
        ending.begin()
        server.shutdown()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    say(f"listening on port {port}")
    server.serve_forever(poll_interval=0.1)
    server.server_close()


def say(line: str) -> None:
    """Writes a line of the log."""
    sys.stderr.write(f"contract image: {line}\n")
    sys.stderr.flush()


class _Ending:
    """Whether the server ends, and the open connections on which nothing is asked at the moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: set[socket.socket] = set()
        self.begun = False

    def begin(self) -> None:
        """Closes what is idle: a client that keeps it open would send its next request to a server that is gone."""
        with self._lock:
            self.begun = True
            for connection in self._idle:
                _read_no_more(connection)

    def idle(self, connection: socket.socket) -> None:
        with self._lock:
            self._idle.add(connection)
            if self.begun:
                _read_no_more(connection)

    def busy(self, connection: socket.socket) -> None:
        with self._lock:
            self._idle.discard(connection)


def _read_no_more(connection: socket.socket) -> None:
    # What has arrived is still read and answered; what waits for more reads the end. The socket's own method, as that
    # of a TLS socket would end the encryption too.
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RD)


def _handler(respond: Respond, max_body: int, ending: _Ending) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An idle connection that a client keeps ends by itself, so that the server can end too.
        timeout = 30

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
            """Says nothing: paths may carry a key."""

        # A connection is idle only after its first request: who has just opened it is about to ask.
        def handle_one_request(self) -> None:
            super().handle_one_request()
            if not self.close_connection:
                ending.idle(self.connection)

        def parse_request(self) -> bool:
            ending.busy(self.connection)
            return super().parse_request()

        def finish(self) -> None:
            ending.busy(self.connection)
            super().finish()

        def end_headers(self) -> None:
            if ending.begun:
                self.send_header("Connection", "close")
            super().end_headers()

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if length > max_body:
                # What is left of the body would be taken for the next request.
                _send(self, Answer(413, b"length limit exceeded", "text/plain", {"Connection": "close"}))
                return
            chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
            body = _dechunked(self.rfile) if chunked else self.rfile.read(length)
            split = urlsplit(self.path)
            _send(
                self,
                respond(
                    Request(
                        method=self.command,
                        path=split.path,
                        query={name: values[0] for name, values in parse_qs(split.query).items()},
                        headers={name.lower(): value for name, value in self.headers.items()},
                        body=body,
                        client=str(self.client_address[0]),
                    )
                ),
            )

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  http.server's names

    return Handler


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.content_type)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if isinstance(answer.body, bytes):
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.body)
        return
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for piece in answer.body:
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        handler.wfile.flush()
    handler.wfile.write(b"0\r\n\r\n")


def _dechunked(source: io.BufferedIOBase) -> bytes:
    pieces = []
    while size := int(source.readline().partition(b";")[0], 16):
        pieces.append(source.read(size))
        source.readline()
    source.readline()
    return b"".join(pieces)
