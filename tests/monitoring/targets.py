"""What Netdata looks at in the tests, in one container: a gateway, a job-keeper, a website, and who gets the alarms.

`PUT :8090/state` takes JSON that is merged into STATE, `GET :8090/alarms` gives what came by webhook, `/mails` what
came by mail. Standard library only; runs as `python3 targets.py CERTIFICATE_AND_KEY`.
"""

from __future__ import annotations

import json
import socketserver
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STATE: dict[str, float] = {
    "gateway_status": 200,
    "gateway_seconds": 0,
    "error_ratio": 0,
    "late": 0,
    "failed": 0,
    "keeper_status": 200,
    "trusted": 0,
}
ALARMS: list[object] = []
MAILS: list[str] = []


def gauge(name: str, value: float, labels: str = "") -> str:
    return f"# TYPE {name} gauge\n{name}{labels} {value}\n"


class Page(BaseHTTPRequestHandler):
    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def log_message(self, *_: object) -> None: ...


class Gateway(Page):
    def do_GET(self) -> None:
        time.sleep(STATE["gateway_seconds"])
        self.answer(int(STATE["gateway_status"]), "ok")


class GatewayMetrics(Page):
    def do_GET(self) -> None:
        self.answer(200, gauge("llmproxy_gateway_error_ratio_percent", STATE["error_ratio"]))


class JobKeeper(Page):
    def do_GET(self) -> None:
        if self.path == "/health":
            self.answer(int(STATE["keeper_status"]), "ok")
            return
        job = '{job="db-cleanup"}'
        late, failed = (
            gauge("llmproxy_job_late", STATE["late"], job),
            gauge("llmproxy_job_failed", STATE["failed"], job),
        )
        self.answer(200, late + failed)


class Control(Page):
    def do_GET(self) -> None:
        self.answer(200, json.dumps(MAILS if self.path == "/mails" else ALARMS))

    def do_PUT(self) -> None:
        STATE.update(json.loads(self.body()))
        self.answer(200, "")

    def do_POST(self) -> None:
        ALARMS.append({**json.loads(self.body()), "path": self.path})
        self.answer(200, "")


class Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 targets\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                MAILS.append(text.decode(errors="replace"))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def main() -> None:
    website = ThreadingHTTPServer(("", 443), Page)
    context, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for each, file in zip((context, trusted), sys.argv[1:], strict=True):
        each.load_cert_chain(file)

    def choose(connection: ssl.SSLObject, _name: str, _context: ssl.SSLContext) -> None:
        connection.context = trusted if STATE["trusted"] else context

    context.sni_callback = choose
    website.socket = context.wrap_socket(website.socket, server_side=True, do_handshake_on_connect=False)
    pages = ((4000, Gateway), (9102, GatewayMetrics), (9101, JobKeeper), (8090, Control))
    servers = [website, *(ThreadingHTTPServer(("", port), page) for port, page in pages)]
    servers.append(socketserver.ThreadingTCPServer(("", 2525), Mail))  # type: ignore[arg-type]
    for server in servers:
        threading.Thread(target=server.serve_forever).start()


if __name__ == "__main__":
    main()
