"""A port that our own service has is free for it, once a removed one's last container has let go of it; one that the
kernel may lend to an outgoing connection is warned of."""

import os
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import docker
import pytest
from pydantic import JsonValue

from operations import host_ports, ports
from operations.errors import Foreign
from stacks.settings import parse

PORT, OWN = 4000, "llmproxy_litellm"


class Engine:
    """An engine without services whose container has the port for some looks more."""

    def __init__(self, service: str, looks: int) -> None:
        self.looks = looks
        self.services = SimpleNamespace(list=list)
        self.info = lambda: {"Swarm": {"ControlAvailable": True}}
        self.api = SimpleNamespace(containers=self._containers)
        self._labels = {"com.docker.swarm.service.name": service}

    def _containers(self, *, all: bool) -> list[dict[str, object]]:  # noqa: A002 - the SDK's name
        self.looks -= 1
        taken = {"PublicPort": PORT, "Type": "tcp"}
        return [{"Names": ["/a.1.x"], "Labels": self._labels, "Ports": [taken]}] if self.looks >= 0 else []


def require_free(engine: Engine | None, *, port: int = PORT, is_here: bool = True, seconds: float = 60) -> None:
    client = cast("docker.DockerClient | None", engine)
    ports.require_free(port, client, own_services=[OWN], leaving_seconds=seconds, is_here=is_here, remedy="do this")


def test_a_removed_service_of_ours_is_waited_for_until_its_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LOOK_SECONDS", 0)
    engine = Engine(OWN, looks=3)

    require_free(engine)

    assert engine.looks < 0


def test_it_is_waited_for_no_longer_than_its_last_answers_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LOOK_SECONDS", 0)
    engine = Engine(OWN, looks=1_000_000)

    require_free(engine, seconds=0.01)

    assert 0 < engine.looks < 1_000_000


def test_another_services_container_is_named_by_its_service() -> None:
    with pytest.raises(Foreign, match="port 4000: taken by the container or service shop_web;"):
        require_free(Engine("shop_web", looks=3))


def kernel(folder: Path, *, reserved: str = "") -> Path:
    """What a kernel that lends the usual ports says of them."""
    (folder / "ip_local_port_range").write_text("32768\t60999\n")
    (folder / "ip_local_reserved_ports").write_text(f"{reserved}\n")
    return folder


@pytest.mark.parametrize(
    ("port", "lent"), [(4000, False), (32767, False), (32768, True), (60999, True), (61000, False)]
)
def test_a_port_that_may_be_lent_to_an_outgoing_connection_is_warned_of(tmp_path: Path, port: int, lent: bool) -> None:
    warning = ports.lending(port, "litellm.hostPort", kernel(tmp_path))

    assert (warning is not None) is lent
    if warning is not None:
        assert warning.startswith(f"port {port}: warning: this machine lends ports 32768 to 60999 to outgoing")
        assert "\n" not in warning


@pytest.mark.parametrize(
    ("port", "lent"), [(40000, False), (40001, True), (40005, False), (40010, False), (40011, True)]
)
def test_a_port_that_the_kernel_keeps_back_is_not_warned_of(tmp_path: Path, port: int, lent: bool) -> None:
    warning = ports.lending(port, "litellm.hostPort", kernel(tmp_path, reserved="40000,40005-40010"))

    assert (warning is not None) is lent


@pytest.mark.parametrize(("host", "said"), [("unix:///var/run/docker.sock", 1), ("ssh://admin@manager", 0)])
def test_up_says_so_of_this_machines_engine_only(tmp_path: Path, host: str, said: int) -> None:
    document: dict[str, JsonValue] = {"docker": {"host": host}, "litellm": {"hostPort": 40000}}
    told: list[str] = []

    host_ports.warn_of_lending(parse(document, place="here"), told.append, kernel=kernel(tmp_path))

    assert len(told) == said


def test_a_kernel_that_does_not_tell_what_it_lends_is_not_warned_of(tmp_path: Path) -> None:
    assert ports.lending(40000, "litellm.hostPort", tmp_path) is None


def test_of_another_machine_only_what_its_engine_publishes_counts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        require_free(Engine("shop_web", looks=0), port=port, is_here=False)
        with pytest.raises(Foreign, match=f"port {port}: taken by .*pid {os.getpid()}.*; end it, .*: do this$"):
            require_free(None, port=port)
    with pytest.raises(Foreign, match="taken by the container or service shop_web"):
        require_free(Engine("shop_web", looks=3), is_here=False)
