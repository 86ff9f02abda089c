"""A taken port is told before anything is installed, and the printed remedy works as it is printed."""

import io
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import docker
import pytest
from pydantic import JsonValue
from rich.console import Console

from operations import host_ports
from operations.errors import Foreign, RefusedEngine
from operations.home import open_home
from operations.locations import Locations
from operations.progress import Board
from operations.session import Session
from stacks.settings import Settings, parse
from tests.unmanaged_engine import IN_NO_SWARM, WORKER, unmanaged_engine

# Below the kernel's range for outgoing connections, and nobody's.
FREE = {"LLMPROXY_GATEWAY_PORT": "20997", "LLMPROXY_HTTP_PORT": "20998", "LLMPROXY_HTTPS_PORT": "20999"}
GATEWAY = {"resources": [{"type": "docker:index/service:Service", "inputs": {"name": "llmproxy_litellm"}}]}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Pulumi.dev.template.yaml").write_text("config: {}\n")
    (clone / "Pulumi.prod.yaml").write_text("config: {}\n")
    return Locations(clone, tmp_path / "home", tmp_path / "cache")


def session(places: Locations, **environment: str) -> Session:
    """A session on a machine whose engine is not there yet."""
    home = open_home(places, "dev")
    silent = {"LLMPROXY_ENGINE_SOCKET": str(places.home / "none.sock")}
    return Session(places, "dev", home, {**silent, **environment}, Board(Console(file=io.StringIO())))


def test_a_taken_port_is_refused_before_there_is_a_stack_file_and_the_remedy_works(
    places: Locations, taken: int
) -> None:
    with pytest.raises(Foreign, match=rf"port {taken}: taken by .*; end it, or choose another port: ") as told:
        host_ports.look_early(session(places, LLMPROXY_GATEWAY_PORT=str(taken)))

    assert not (places.home / "llmproxy" / "dev" / "Pulumi.dev.yaml").exists()
    remedy = re.search(r"(\w+)=PORT make up$", str(told.value))
    assert remedy is not None
    with socket.create_server(("127.0.0.1", 0)) as another:
        free = another.getsockname()[1]
    host_ports.look_early(session(places, **{remedy[1]: str(free)}))


def test_an_engine_that_cannot_be_used_is_told_before_any_port(places: Locations) -> None:
    with unmanaged_engine(WORKER) as host:
        here = {"LLMPROXY_ENGINE_SOCKET": host.removeprefix("unix://")}
        with pytest.raises(RefusedEngine, match="is a worker, allowed is a manager"):
            host_ports.look_early(session(places, **here))


def test_an_engine_in_no_swarm_yet_is_asked_for_its_containers(places: Locations) -> None:
    publishing = {"Id": "c1", "Names": ["/shop"], "Labels": {}, "Ports": [{"PublicPort": 4000, "Type": "tcp"}]}
    with unmanaged_engine(IN_NO_SWARM, containers=[publishing]) as host:
        here = {"LLMPROXY_ENGINE_SOCKET": host.removeprefix("unix://")}
        with pytest.raises(Foreign, match="port 4000: taken by the container or service shop;"):
            host_ports.look_early(session(places, **here))

        host_ports.look_early(session(places, LLMPROXY_GATEWAY_PORT="31999", **here))


@pytest.mark.parametrize(
    ("stack", "made", "remedy"),
    [
        ("dev", None, "LLMPROXY_GATEWAY_PORT=PORT make up"),
        (
            "dev",
            GATEWAY,
            'eval "$(make -s env)" && pulumi config set --path llmproxy:settings.litellm.hostPort PORT',
        ),
        (
            "prod",
            None,
            'eval "$(make -s env STACK=prod)" && pulumi config set --path llmproxy:settings.litellm.hostPort PORT',
        ),
    ],
)
def test_the_remedy_is_a_command_that_works_where_it_is_typed(
    places: Locations, stack: str, made: object, remedy: str
) -> None:
    (port,) = host_ports.wanted(Settings())

    assert host_ports.remedies(open_home(places, stack), places.clone, made)(port) == remedy


@pytest.mark.parametrize("variable", ["LLMPROXY_HTTP_PORT", "LLMPROXY_HTTPS_PORT"])
def test_a_taken_port_of_the_ingress_is_refused_before_there_is_a_stack_file(
    places: Locations, taken: int, variable: str
) -> None:
    (places.clone / "Pulumi.dev.full.template.yaml").write_text(
        "config:\n  llmproxy:settings:\n    ingress:\n      certificate: own\n    traefik:\n      enabled: true\n"
    )

    with pytest.raises(Foreign, match=rf"port {taken}: taken by .*: {variable}=PORT make up$"):
        host_ports.look_early(session(places, **{**FREE, variable: str(taken)}), "full")


def test_the_ports_of_an_ingress_that_is_switched_off_are_not_asked_for() -> None:
    asked = [port.path for port in host_ports.wanted(parse({"traefik": {"httpPort": 8080}}, place="here"))]

    assert asked == ["litellm.hostPort"]


class Services:
    """An engine that has services and remembers to how many tasks each was scaled."""

    def __init__(self, *names: str) -> None:
        self.services = self
        self.names, self.scaled = names, dict[str, int]()

    def list(self, filters: dict[str, str]) -> list[SimpleNamespace]:
        def to(name: str) -> Callable[[int], None]:
            return lambda count: self.scaled.update({name: count})

        return [SimpleNamespace(name=name, scale=to(name)) for name in self.names if filters["name"] in name]


@pytest.mark.parametrize(
    ("document", "known", "ended"),
    [
        ({}, True, {"portainer_traefik": 0}),
        ({"traefik": {"enabled": True}, "ingress": {"certificate": "none"}}, True, {}),
        ({"litellm": {"hostPort": None, "adminUrl": "http://gateway.example"}}, True, {}),
        ({}, False, {}),
    ],
)
def test_a_traefik_that_is_switched_off_ends_before_the_gateway_takes_its_port_back(
    document: JsonValue, known: bool, ended: dict[str, int]
) -> None:
    engine = Services("portainer_traefik", "two-portainer_traefik")
    settings = parse(document, place="Pulumi.dev.yaml")
    client = cast("docker.DockerClient", engine)
    assert host_ports.give_back_the_gateways(settings, client, is_ours=lambda _name: known) is bool(ended)
    assert engine.scaled == ended
