"""The setting `ownership` reaches every service of the installation, and changing it replaces nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.engine import Engine
from tests.stacks.whole_program import run

EVERYTHING = {name: {"enabled": True} for name in ("portainer", "antigravityManager", "cliProxyApi")}
OWNED = "io.portainer.accesscontrol."


def services(engine: Engine) -> dict[str, dict[str, str]]:
    """The labels of each service by its Swarm name."""
    found = engine.of_type("docker:index/service:Service").values()
    return {
        service.inputs["name"]: {entry["label"]: entry["value"] for entry in service.inputs["labels"]}
        for service in found
    }


def owned(labels: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(OWNED): value for name, value in labels.items() if name.startswith(OWNED)}


@pytest.mark.parametrize(
    ("ownership", "expected"),
    [
        ({}, {}),
        ({"kind": "public"}, {"public": "true"}),
        ({"kind": "restricted", "teams": ["ops"], "users": ["bob"]}, {"teams": "ops", "users": "bob"}),
    ],
)
def test_every_service_says_whose_it_is_and_which_stack_it_belongs_to(
    ownership: dict[str, Any], expected: dict[str, str]
) -> None:
    found = services(run({**EVERYTHING, "ownership": ownership}))
    assert len(found) >= 6
    for name, labels in found.items():
        assert owned(labels) == expected, name
        assert labels["com.docker.stack.namespace"] == name.partition("_")[0]


def test_another_owner_changes_no_task_of_any_service() -> None:
    def tasks(ownership: dict[str, Any]) -> dict[str, object]:
        found = run({**EVERYTHING, "ownership": ownership}).of_type("docker:index/service:Service")
        return {name: service.inputs["taskSpec"] for name, service in found.items()}

    assert tasks({}) == tasks({"kind": "public"})
