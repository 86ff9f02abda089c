"""The ingress on a real Swarm: one installation for the tests of a module, all of it removed afterwards."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from airgap.images.build import DEFAULT_DOCKER_HOST, build
from tests.airgap.leftovers import remove_all
from tests.edge.certificates import Authority
from tests.edge.edge_stack import EdgeStack

CACHE = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy"))


@dataclass(frozen=True)
class Edge:
    """One installation of the ingress.

    Attributes:
        prefix: Of every Swarm name.
        domain: Of the public host names.
        http, https, gateway: The ports of the node.
        address: Of this machine, as containers and clients reach it.
        ca: File with the authority that issued the certificate of the installation.
    """

    stack: EdgeStack
    client: docker.DockerClient
    prefix: str
    domain: str
    http: int
    https: int
    gateway: int
    address: str
    authority: Authority
    ca: Path

    @property
    def settings(self) -> dict[str, object]:
        """Settings of which each test takes what it needs."""
        return {
            "namePrefix": self.prefix,
            "imageSource": "airgap",
            "litellm": {"hostPort": self.gateway},
            "ingress": {"domain": self.domain, "certificate": "own"},
            "traefik": {"enabled": True, "httpPort": self.http, "httpsPort": self.https},
            "antigravityManager": {"enabled": True},
        }

    def deploy(self, settings: Mapping[str, object], secrets: Mapping[str, str] | None = None) -> str:
        """Configures the stack and brings it up."""
        own = self.authority.issue(f"*.{self.domain}", f"*.llm.{self.domain}")
        pair = {"tls-certificate": own.certificate, "tls-key": own.key}
        self.stack.configure({**self.settings, **settings}, pair if secrets is None else secrets)
        return self.stack.up()


@pytest.fixture(scope="module")
def make_edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Edge]]:
    """Gives an installation that nothing is made of yet."""
    images = CACHE / "images"
    host = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
    build(["traefik", "socket-proxy"], docker_host=host, lock_dir=images, log_dir=images / "logs", progress=print)
    client, prefixes = docker.from_env(), []

    def make() -> Edge:
        prefix = f"edge-{uuid.uuid4().hex[:6]}-"
        prefixes.append(prefix)
        folder = tmp_path_factory.mktemp("edge")
        authority = Authority()
        ca = folder / "ca.pem"
        ca.write_text(authority.certificate)
        http, https, gateway = free_ports(3)
        edge = Edge(EdgeStack(folder), client, prefix, "edge.test", http, https, gateway, own_address(), authority, ca)
        edge.stack.prepare()
        return edge

    try:
        yield make
    finally:
        for prefix in prefixes:
            remove_all(client, prefix)
        client.close()


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on; all of them are asked for before one is given back."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def own_address() -> str:
    """The address that this machine has towards others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
