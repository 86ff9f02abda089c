"""A port that our own service has is free for it, once a removed one's last container has let go of it."""

from types import SimpleNamespace
from typing import cast

import docker
import pytest

from operations import ports
from operations.errors import Foreign

PORT, OWN = 4000, "llmproxy_litellm"


class Engine:
    """An engine without services whose container has the port for some looks more."""

    def __init__(self, service: str, looks: int) -> None:
        self.looks = looks
        self.services = SimpleNamespace(list=list)
        self.api = SimpleNamespace(containers=self._containers)
        self._labels = {"com.docker.swarm.service.name": service}

    def _containers(self, *, all: bool) -> list[dict[str, object]]:  # noqa: A002 - the SDK's name
        self.looks -= 1
        taken = {"PublicPort": PORT, "Type": "tcp"}
        return [{"Names": ["/a.1.x"], "Labels": self._labels, "Ports": [taken]}] if self.looks >= 0 else []


def test_a_removed_service_of_ours_is_waited_for_until_its_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LOOK_SECONDS", 0)
    engine = Engine(OWN, looks=3)

    ports.require_free(PORT, cast("docker.DockerClient", engine), own_service=OWN)

    assert engine.looks < 0


def test_another_services_container_is_named_by_its_service() -> None:
    with pytest.raises(Foreign, match="port 4000: taken by the container or service shop_web;"):
        ports.require_free(PORT, cast("docker.DockerClient", Engine("shop_web", looks=3)), own_service=OWN)
