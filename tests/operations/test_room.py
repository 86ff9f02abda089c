"""A service that no node could run is refused before anything is made, whichever service it is."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import docker
import pytest

from components.placement import Need
from operations import room
from operations.errors import RefusedEngine
from stacks.settings import Settings, parse

FILE = Path("/clone/Pulumi.dev.yaml")
NODE: dict[str, Any] = {
    "ID": "n1",
    "Spec": {"Role": "manager", "Labels": {"disk": "ssd"}},
    "Description": {"Hostname": "box", "Resources": {"NanoCPUs": 2_000_000_000, "MemoryBytes": 4096 << 20}},
}
BIG = {"memoryLimitMib": 9000}
ENGINE = cast(docker.DockerClient, SimpleNamespace(nodes=SimpleNamespace(list=lambda: [SimpleNamespace(attrs=NODE)])))


def settings(document: dict[str, Any]) -> Settings:
    return parse(document, place="here")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            {"litellm": {"placementConstraints": ["node.labels.gpu==true"]}},
            "llmproxy:settings.litellm.placementConstraints: found node.labels.gpu==true; allowed is what a node of "
            "the Swarm has: box (node.role==manager; node.labels.disk==ssd; 4096 MiB, 2 cores); change it, or label a "
            "node: docker node update --label-add gpu=true box",
        ),
        (
            {"postgres": {"resources": {"memoryLimitMib": 9000}}},
            "llmproxy:settings.postgres.resources.memoryLimitMib: found 9000; allowed are 4096 MiB, which is what the "
            "largest node that it may run on has (box); choose a smaller one, or add a larger node",
        ),
        (
            {"cliProxyApi": {"enabled": True, "resources": {"memoryReservationMib": 9000}}},
            "llmproxy:settings.cliProxyApi.resources.memoryReservationMib: found 9000; allowed are 4096 MiB",
        ),
        (
            {"netdata": {"enabled": True}, "socketProxy": {"resources": BIG}},
            "llmproxy:settings.socketProxy.resources.memoryLimitMib: found 9000; allowed are 4096 MiB",
        ),
        (
            {"portainer": {"enabled": True, "agent": {"resources": {"cpuLimit": 3}}}},
            "llmproxy:settings.portainer.agent.resources.cpuLimit: found 3; allowed are 2 cores",
        ),
    ],
)
def test_what_no_node_has_is_one_line_with_file_place_found_allowed_and_remedy(
    document: dict[str, Any], said: str
) -> None:
    with pytest.raises(RefusedEngine) as caught:
        room.require(settings(document), ENGINE, FILE)
    assert str(caught.value).startswith(f"Pulumi.dev.yaml: {said}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"litellm": {"placementConstraints": ["node.labels.disk==ssd"], "resources": {"memoryLimitMib": 4096}}},
        {"cliProxyApi": {"resources": {"memoryReservationMib": 9000}}},
        {"portainer": {"agent": {"placementConstraints": ["node.role==worker"]}}},
        {"portainer": {"enabled": True}, "socketProxy": {"resources": BIG}},
    ],
)
def test_what_a_node_has_is_taken_and_what_is_not_run_is_not_asked_for(document: dict[str, Any]) -> None:
    room.require(settings(document), ENGINE, FILE)


def test_two_services_are_told_in_a_line_each() -> None:
    both = {name: {"placementConstraints": ["node.role==worker"]} for name in ("litellm", "postgres")}
    with pytest.raises(RefusedEngine) as caught:
        room.require(settings(both), ENGINE, FILE)
    assert len(str(caught.value).splitlines()) == 2


def test_what_runs_beside_a_service_is_where_that_is() -> None:
    document = {"netdata": {"enabled": True, "placementConstraints": ["node.labels.disk==ssd"]}}
    found = dict(room.needs(settings(document)))
    assert found["netdata.discovery"] == Need(("node.labels.disk==ssd",))
