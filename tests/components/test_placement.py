"""What no node of the Swarm has is told in one line: place, found, allowed, remedy."""

from __future__ import annotations

from typing import Any

import pytest

from components import placement
from components.placement import Need

SMALL: dict[str, Any] = {
    "ID": "n1",
    "Spec": {"Role": "manager", "Availability": "active", "Labels": {"disk": "ssd"}},
    "Description": {
        "Hostname": "small",
        "Platform": {"OS": "linux", "Architecture": "x86_64"},
        "Resources": {"NanoCPUs": 2_000_000_000, "MemoryBytes": 4096 << 20},
        "Engine": {"Labels": {"rack": "a"}},
    },
    "Status": {"Addr": "10.0.0.5"},
}
LARGE: dict[str, Any] = {
    "ID": "n2",
    "Spec": {"Role": "worker"},
    "Description": {
        "Hostname": "large",
        "Platform": {"OS": "linux", "Architecture": "x86_64"},
        "Resources": {"NanoCPUs": 8_000_000_000, "MemoryBytes": 16384 << 20},
    },
    "Status": {"Addr": "10.0.0.6"},
}
NODES = [placement.node(SMALL), placement.node(LARGE)]


def told(need: Need) -> list[tuple[str, str]]:
    return [(each.setting, each.text) for each in placement.misfits(need, NODES)]


@pytest.mark.parametrize(
    "constraints",
    [
        [],
        ["node.role==manager"],
        ["NODE.ROLE == Manager"],
        ["node.labels.disk==ssd", "node.role==manager"],
        ["node.labels.disk!=hdd"],
        ["node.labels.missing!=x"],
        ["engine.labels.rack==a"],
        ["node.id==n2"],
        ["node.hostname!=small"],
        ["node.ip==10.0.0.5"],
        ["node.ip==10.0.0.0/24"],
        ["node.platform.os==linux", "node.platform.arch==x86_64"],
    ],
)
def test_what_a_node_has_is_no_misfit(constraints: list[str]) -> None:
    assert told(Need(constraints)) == []


def test_a_label_that_no_node_has_is_told_with_what_the_nodes_have_and_the_command_that_gives_it() -> None:
    assert told(Need(["node.role==manager", "node.labels.proxy==true"])) == [
        (
            "placementConstraints",
            "found node.labels.proxy==true; allowed is what a node of the Swarm has: small (node.role==manager; "
            "engine.labels.rack==a node.labels.disk==ssd; 4096 MiB, 2 cores), large (node.role==worker; no labels; "
            "16384 MiB, 8 cores); change it, or label a node: docker node update --label-add proxy=true small",
        )
    ]


@pytest.mark.parametrize(
    "constraint",
    [
        "node.labels.disk==hdd",
        "node.labels.Disk==ssd",
        "node.platform.arch==amd64",
        "node.ip==10.1.0.0/16",
        "node.ip==small",
        "node.platform.os!=linux",
    ],
)
def test_a_constraint_that_no_node_meets_is_a_misfit(constraint: str) -> None:
    ((setting, text),) = told(Need([constraint]))
    assert setting == "placementConstraints"
    assert text.startswith(f"found {constraint}; allowed is what a node of the Swarm has: ")


def test_constraints_that_no_node_meets_together_are_told_together() -> None:
    ((_, text),) = told(Need(["node.role==worker", "node.labels.disk==ssd"]))
    assert text.startswith("found node.role==worker and node.labels.disk==ssd; allowed")
    assert text.endswith("; change it")


@pytest.mark.parametrize(
    ("need", "setting", "text"),
    [
        (Need(memory_limit_mib=16385), "resources.memoryLimitMib", "found 16385; allowed are 16384 MiB"),
        (Need(memory_reservation_mib=20000), "resources.memoryReservationMib", "found 20000; allowed are 16384 MiB"),
        (Need(memory_limit_mib=99_999_999), "resources.memoryLimitMib", "found 99999999; allowed are 16384 MiB"),
        (Need(cpu_limit=8.5), "resources.cpuLimit", "found 8.5; allowed are 8 cores"),
        (
            Need(["node.role==manager"], memory_reservation_mib=8192),
            "resources.memoryReservationMib",
            "found 8192; allowed are 4096 MiB, which is what the largest node that it may run on has (small); choose",
        ),
    ],
)
def test_more_than_the_largest_node_has_is_a_misfit(need: Need, setting: str, text: str) -> None:
    (found,) = told(need)
    assert found[0] == setting
    assert found[1].startswith(text)


def test_as_much_as_the_largest_node_has_is_none() -> None:
    assert told(Need(memory_limit_mib=16384, memory_reservation_mib=16384, cpu_limit=8)) == []


def test_a_task_template_says_what_it_asks_for() -> None:
    template: dict[str, Any] = {
        "Placement": {"Constraints": ["node.role==manager"]},
        "Resources": {
            "Limits": {"MemoryBytes": 64 << 20, "NanoCPUs": 1_500_000_000},
            "Reservations": {"MemoryBytes": 32 << 20},
        },
    }
    assert placement.need_of(template) == Need(["node.role==manager"], 64, 32, 1.5)
    assert placement.need_of({"ContainerSpec": {}}) == Need([])


@pytest.mark.parametrize(
    "constraint", ["node.labels.proxy=true", "proxy==true", "node.labels.proxy", "node.labels.==x", "node.role==", "x"]
)
def test_what_swarm_cannot_read_is_told_with_what_it_can(constraint: str) -> None:
    found = placement.fault(constraint)
    assert found is not None
    assert found.startswith(f"found {constraint!r}; allowed is KEY==VALUE or KEY!=VALUE, KEY being one of node.id, ")
