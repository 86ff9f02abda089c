"""A Traefik of others: our services join its network, and no network or Traefik of ours is made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.edge.conftest import Edge

pytestmark = pytest.mark.system


def test_services_join_the_network_of_others_and_a_second_up_changes_nothing(make_edge: Callable[[], Edge]) -> None:
    edge = make_edge()
    name = f"{edge.prefix}theirs"
    network = edge.client.networks.create(name, driver="overlay", attachable=True)
    settings = {
        "ingress": {"domain": edge.domain, "existing": {"network": name, "middlewares": ["gzip@file"]}},
        "traefik": {"enabled": False},
    }
    edge.deploy(settings, {})
    (echo,) = edge.client.services.list(filters={"name": edge.prefix})
    spec = echo.attrs["Spec"]
    assert [each["Target"] for each in spec["TaskTemplate"]["Networks"]] == [network.id]
    assert spec["Labels"]["traefik.swarm.network"] == name
    made = {each.name for each in edge.client.networks.list() if each.name and each.name.startswith(edge.prefix)}
    assert made == {name, f"{edge.prefix}llmproxy_internal", f"{edge.prefix}monitoring"}
    edge.stack.pulumi("preview", "--refresh", "--expect-no-changes")
