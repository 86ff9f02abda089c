"""A stand-in of what lego asks of Cloudflare: zones, TXT records, and a DNS server that shows them.

The API's records go to Pebble's DNS companion; the DNS server in front of it adds the one answer that this cannot give,
which zone a name belongs to.
"""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

SOA, HEADER_BYTES = 6, 12


@dataclass
class Cloudflare:
    """Both servers, on ports of their own.

    Attributes:
        address: Where both listen. An answer in UDP must come from the address that was asked.
        zone: The zone that the account has.
        token: What the API is opened with.
        records_url: Management address of the companion.
        dns: Address of the companion's DNS.
        seen: The TXT records that were set.
        refused: Requests with another token.
    """

    address: str
    zone: str
    token: str
    records_url: str
    dns: tuple[str, int]
    seen: list[str] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self._api = ThreadingHTTPServer((self.address, 0), type("Handler", (_Handler,), {"cloudflare": self}))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((self.address, 0))
        self._names: dict[str, str] = {}
        for serve in (self._api.serve_forever, self._serve_dns):
            threading.Thread(target=serve, daemon=True).start()

    @property
    def api_port(self) -> int:
        return int(self._api.server_port)

    @property
    def dns_port(self) -> int:
        return int(self._udp.getsockname()[1])

    def close(self) -> None:
        self._api.shutdown()
        self._api.server_close()
        self._udp.sendto(b"", (self.address, self.dns_port))

    def set_record(self, record: dict[str, str]) -> str:
        name = f"{record['name']}."
        self._tell("set-txt", {"host": name, "value": record["content"].strip('"')})
        self.seen.append(record["name"])
        number = str(len(self.seen))
        self._names[number] = name
        return number

    def clear_record(self, number: str) -> None:
        self._tell("clear-txt", {"host": self._names.pop(number)})

    def _tell(self, action: str, document: dict[str, str]) -> None:
        requests.post(f"{self.records_url}/{action}", json=document, timeout=5).raise_for_status()

    def _serve_dns(self) -> None:
        with self._udp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as companion:
            companion.settimeout(5)
            while True:
                question, asker = self._udp.recvfrom(4096)
                if not question:
                    return
                name, end = _name(question)
                if int.from_bytes(question[end : end + 2], "big") == SOA:
                    self._udp.sendto(_soa(question[: end + 4], is_zone=name == self.zone), asker)
                else:
                    companion.sendto(question, self.dns)
                    self._udp.sendto(companion.recv(4096), asker)


class _Handler(BaseHTTPRequestHandler):
    cloudflare: Cloudflare

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers["Authorization"] != f"Bearer {self.cloudflare.token}":
            self.cloudflare.refused += 1
            self._send(403, {"success": False, "errors": [{"code": 9109, "message": "Invalid access token"}]})
            return
        if self.command == "GET":
            result: object = [{"id": "z1", "name": self.cloudflare.zone}]
        elif self.command == "POST":
            record = json.loads(body)
            result = {**record, "id": self.cloudflare.set_record(record)}
        else:
            self.cloudflare.clear_record(self.path.rpartition("/")[2])
            result = {}
        self._send(200, {"success": True, "errors": [], "messages": [], "result": result})

    do_GET = do_POST = do_DELETE = answer  # noqa: N815  http.server's names

    def _send(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _name(question: bytes) -> tuple[str, int]:
    """The name that is asked for, and where it ends."""
    labels, at = [], HEADER_BYTES
    while length := question[at]:
        labels.append(question[at + 1 : at + 1 + length].decode().lower())
        at += 1 + length
    return ".".join(labels), at + 1


def _soa(question: bytes, *, is_zone: bool) -> bytes:
    """An answer to a question for SOA: the zone's own record, or none of that name."""
    flags = b"\x85\x80" if is_zone else b"\x85\x83"
    head = question[:2] + flags + b"\x00\x01" + (b"\x00\x01" if is_zone else b"\x00\x00") + b"\x00\x00\x00\x00"
    if not is_zone:
        return head + question[HEADER_BYTES:]
    data = (
        b"\x02ns\xc0\x0c" + b"\x05admin\xc0\x0c" + b"".join(number.to_bytes(4, "big") for number in (1, 60, 60, 60, 1))
    )
    record = b"\xc0\x0c\x00\x06\x00\x01\x00\x00\x00\x01" + len(data).to_bytes(2, "big") + data
    return head + question[HEADER_BYTES:] + record
