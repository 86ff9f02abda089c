"""What goes wrong around the ingress: requests are still answered, the fault is told, and the next up converges."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException

import pytest

from tests.edge.asking import Client, wait_until
from tests.edge.conftest import Edge

pytestmark = pytest.mark.system

HOST = "antigravity-manager.llm.edge.test"
# Longer than two looks of Traefik's at the Docker API.
UNWATCHED_SECONDS = 12


@pytest.fixture(scope="module")
def edge(make_edge: Callable[[], Edge]) -> Edge:
    made = make_edge()
    made.deploy({})
    wait_until(lambda: client_of(made).ask(HOST).status == 200, seconds=30, what="the echo is routed")
    return made


def client_of(edge: Edge) -> Client:
    return Client(edge.address, edge.https, edge.ca)


@dataclass
class Load:
    """Requests one after another, and what came of them."""

    client: Client
    answered: int = 0
    failed: list[str] = field(default_factory=list)

    def ask(self) -> None:
        try:
            status = self.client.ask(HOST).status
        except (OSError, HTTPException) as error:
            self.failed.append(repr(error))
            return
        self.answered += 1
        if status != 200:
            self.failed.append(str(status))


@contextmanager
def load_on(edge: Edge) -> Iterator[Load]:
    """Asks for as long as the block runs."""
    load, over = Load(client_of(edge)), threading.Event()

    def run() -> None:
        while not over.wait(0.05):
            load.ask()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield load
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("gone", ["scaled to nothing", "removed"])
def test_without_its_socket_proxy_traefik_serves_what_it_knows_and_up_brings_it_back(edge: Edge, gone: str) -> None:
    name = f"{edge.prefix}portainer_socket-proxy"
    words = ["rm", name] if gone == "removed" else ["scale", "--detach", f"{name}=0"]
    with load_on(edge) as load:
        subprocess.run(["docker", "service", *words], check=True, capture_output=True)
        threading.Event().wait(UNWATCHED_SECONDS)
        preview = edge.stack.pulumi("preview", "--refresh", "--diff")
        edge.stack.up()
    assert load.failed == []
    assert load.answered > 100
    assert "socket-proxy" in preview
    edge.stack.pulumi("preview", "--refresh", "--expect-no-changes")


def test_a_port_that_a_program_of_the_node_has_is_told_and_the_next_up_converges(edge: Edge) -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        moved = {"traefik": {"enabled": True, "httpPort": edge.http, "httpsPort": port}}
        with pytest.raises(AssertionError) as caught:
            edge.deploy(moved)
    told = str(caught.value)
    assert f"rollout of {edge.prefix}portainer_traefik failed: " in told
    assert "address already in use" in told
    assert "that means: a program on that node has the port; allowed is one that is free; end the program" in told
    edge.deploy({})
    wait_until(lambda: client_of(edge).ask(HOST).status == 200, seconds=30, what="the echo is routed again")
    edge.stack.pulumi("preview", "--refresh", "--expect-no-changes")
