"""A balancer for TCP connections, each to the next server, as Docker's own does for the replicas of a service.

Takes the servers' addresses; gives the one address behind which they stand. Bytes pass as they are.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

BYTES = 64 * 1024
Address = tuple[str, int]


@contextmanager
def balanced(urls: Sequence[str]) -> Iterator[str]:
    """Serves as long as the block runs."""
    with _Balancer([(str(parts.hostname), int(parts.port or 80)) for parts in map(urlsplit, urls)]) as balancer:
        threading.Thread(target=balancer.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{balancer.server_address[1]}"
        finally:
            balancer.shutdown()


class _Balancer(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, servers: Sequence[Address]) -> None:
        self._next, self._lock = cycle(servers), threading.Lock()
        super().__init__(("127.0.0.1", 0), _Passed)

    def next_server(self) -> Address:
        with self._lock:
            return next(self._next)


class _Passed(BaseRequestHandler):
    server: _Balancer

    def handle(self) -> None:
        with socket.create_connection(self.server.next_server()) as other:
            for end in (self.request, other):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=_pass_on, args=(other, self.request), daemon=True)
            back.start()
            _pass_on(self.request, other)
            back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    # Either side may end while the other still sends.
    with suppress(ConnectionError):
        while some := source.recv(BYTES):
            sink.sendall(some)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
