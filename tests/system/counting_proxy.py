"""A proxy between providers and a real LiteLLM: counts the calls, and lets a test do harm before or after each.

Takes the server. Whatever a test's `before` or `after` raises or gives, a client can
see it on a real network: a connection that breaks off before or after the write, an answer of somebody else.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from tests.system.litellm_stack import Server


class BrokenOff(Exception):
    """Raised by `before` or `after`: the connection is closed without an answer."""


def cut(_call: str) -> None:
    """For `before`: whatever is asked breaks off."""
    raise BrokenOff


@dataclass(frozen=True)
class Answer:
    """What somebody in between says in LiteLLM's place."""

    status: int
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)


class CountingProxy:
    """Passes calls on to a server and counts them by method and path.

    Attributes:
        calls: How many there were of each, `POST /model/new`.
        before: Sees a call before it is passed on; what it gives is the answer, and nothing is passed on.
        after: Sees a call that the server has answered; what it gives is the answer in the place of the server's.
    """

    def __init__(self, server: Server) -> None:
        self.calls: Counter[str] = Counter()
        self.before: Callable[[str], Answer | None] = lambda _call: None
        self.after: Callable[[str], Answer | None] = lambda _call: None
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
                pass

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                call = f"{self.command} {self.path.partition('?')[0]}"
                try:
                    answer = proxy.before(call) or self._asked(call, body)
                except BrokenOff:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in (*answer.headers, ("content-length", str(len(answer.body)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def _asked(self, call: str, body: bytes) -> Answer:
                proxy.calls[call] += 1
                session = requests.Session()
                session.trust_env = False
                headers = {name: self.headers[name] for name in ("authorization", "content-type") if self.headers[name]}
                answer = session.request(self.command, server.url + self.path, data=body, headers=headers, timeout=90)
                kind = ("content-type", answer.headers.get("content-type", "text/plain"))
                return proxy.after(call) or Answer(answer.status_code, answer.content, (kind,))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815  http.server's names

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
