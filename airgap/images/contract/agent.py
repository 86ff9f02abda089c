"""Contract image of Portainer's agent: TLS with a certificate of its own, `/ping` for all, the rest for Portainer.

Takes AGENT_SECRET, AGENT_CLUSTER_ADDR and AGENT_PORT from the environment and Docker's socket from its usual place;
gives the list of agents and, only to read, what the engine answers. Everything but `/ping` wants Portainer's signature.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import signature
from .serving import JSON, Answer, Request, as_json, say, serve

VERSION = "2.33.6"
DOCKER_PLATFORM = "1"
DOCKER_SOCKET = "/var/run/docker.sock"


@dataclass(frozen=True)
class Agent:
    """One agent; see the module."""

    secret: str
    cluster_address: str
    version: str = VERSION

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        about = {"Portainer-Agent": self.version, "Portainer-Agent-Platform": DOCKER_PLATFORM}
        if request.path == "/ping":
            return Answer(204, headers=about)
        public_key = request.headers.get(signature.PUBLIC_KEY_HEADER.lower(), "")
        proof = request.headers.get(signature.SIGNATURE_HEADER.lower(), "")
        if not public_key or not proof:
            return _refused("Missing request signature headers")
        if not signature.is_valid(proof, public_key, self.secret):
            return _refused("Invalid request signature")
        if request.path == "/v2/agents":
            return as_json([{"IPAddress": address} for address in self.members()])
        return _from_engine(request)

    def members(self) -> list[str]:
        """The addresses of all agents: those behind the cluster's name."""
        host = self.cluster_address.partition(":")[0]
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM) if host else []
        return sorted({str(address[0]) for *_, address in found})


def _refused(text: str) -> Answer:
    return as_json({"message": text, "details": "Unauthorized"}, 403)


class _Engine(http.client.HTTPConnection):
    """A connection to Docker's socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(DOCKER_SOCKET)


def _from_engine(request: Request) -> Answer:
    if request.method != "GET":
        return as_json({"message": "contract image: reads only", "details": "not the agent of Portainer"}, 403)
    connection = _Engine("docker", timeout=30)
    try:
        connection.request("GET", request.path)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), answer.headers.get("content-type", JSON))
    finally:
        connection.close()


def _own_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "cert.pem"
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        words += ["-subj", "/CN=contract image agent", "-days", "3650", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(words, check=True, capture_output=True)
        context.load_cert_chain(certificate, key)
    return context


def main() -> int:
    """Runs until TERM; gives the exit code."""
    agent = Agent(os.environ.get("AGENT_SECRET", ""), os.environ.get("AGENT_CLUSTER_ADDR", ""))
    say(f"agent {agent.version}, secured: {'true' if agent.secret else 'false'}")
    serve(agent.answer, int(os.environ.get("AGENT_PORT", "9001")), tls=_own_certificate())
    return 0


if __name__ == "__main__":
    sys.exit(main())
