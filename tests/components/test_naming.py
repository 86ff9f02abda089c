"""Whose a service is in Portainer: the labels that it reads on what it did not create."""

from __future__ import annotations

import pytest

from components.naming import SwarmStack, portainer_owner


@pytest.mark.parametrize(
    ("kind", "teams", "users", "labels"),
    [
        ("private", [], [], {}),
        ("public", [], [], {"io.portainer.accesscontrol.public": "true"}),
        ("restricted", ["ops", "dev"], [], {"io.portainer.accesscontrol.teams": "dev,ops"}),
        ("restricted", [], ["bob"], {"io.portainer.accesscontrol.users": "bob"}),
        (
            "restricted",
            ["ops"],
            ["bob", "ann"],
            {"io.portainer.accesscontrol.teams": "ops", "io.portainer.accesscontrol.users": "ann,bob"},
        ),
    ],
)
def test_the_labels_are_those_that_portainer_documents(
    kind: str, teams: list[str], users: list[str], labels: dict[str, str]
) -> None:
    assert portainer_owner(kind, teams=teams, users=users) == labels


def test_only_services_carry_them_as_networks_and_volumes_never_change_their_labels() -> None:
    owner = portainer_owner("public", teams=[], users=[])
    stack = SwarmStack("llmproxy", project="p", environment="dev", owner=owner)
    assert "io.portainer.accesscontrol.public" not in stack.labels
    assert stack.service_labels == {**stack.labels, **owner}
    assert stack.labels["com.docker.stack.namespace"] == "llmproxy"
