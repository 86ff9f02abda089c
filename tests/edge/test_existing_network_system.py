"""A Traefik of others: our services join its network and it routes them, and no network or Traefik of ours is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.edge import others_traefik
from tests.edge.asking import Client, wait_until
from tests.edge.conftest import Edge
from tests.edge.others_traefik import OthersTraefik

pytestmark = pytest.mark.system

HOST = "antigravity-manager.llm.edge.test"


@dataclass(frozen=True)
class Routed:
    """An installation, and the Traefik of others that routes it."""

    edge: Edge
    theirs: OthersTraefik


@pytest.fixture(scope="module")
def routed(make_edge: Callable[[], Edge], tmp_path_factory: pytest.TempPathFactory) -> Routed:
    edge = make_edge()
    theirs = others_traefik.deploy(edge, tmp_path_factory.mktemp("theirs"))
    settings = {"ingress": {"domain": edge.domain, "existing": theirs.existing}, "traefik": {"enabled": False}}
    edge.deploy(settings, {})
    return Routed(edge, theirs)


def test_services_join_the_network_of_others_and_a_second_up_changes_nothing(routed: Routed) -> None:
    edge, theirs = routed.edge, routed.theirs
    services = {each.name: each for each in edge.client.services.list(filters={"name": edge.prefix})}
    echo, traefik = f"{edge.prefix}llmproxy_echo", f"{theirs.network}_traefik"
    assert set(services) == {echo, traefik}
    spec = services[echo].attrs["Spec"]
    assert [each["Target"] for each in spec["TaskTemplate"]["Networks"]] == [theirs.network_id]
    assert spec["Labels"]["traefik.swarm.network"] == theirs.network
    made = {each.name for each in edge.client.networks.list() if each.name and each.name.startswith(edge.prefix)}
    assert made == {theirs.network, f"{edge.prefix}llmproxy_internal", f"{edge.prefix}monitoring"}
    edge.stack.pulumi("preview", "--refresh", "--expect-no-changes")


def test_a_request_passes_the_traefik_of_others_and_the_middlewares_of_both(routed: Routed) -> None:
    edge, client = routed.edge, Client(routed.edge.address, routed.theirs.port, routed.edge.ca)
    wait_until(lambda: client.ask(HOST).status == 200, seconds=30, what="the echo is routed")
    answer = client.ask(HOST, "/v1/messages?a=1")
    assert answer.status == 200
    assert answer.told["path"] == "/v1/messages?a=1"
    assert answer.told["headers"]["x-forwarded-for"] == edge.address
    assert answer.told["headers"]["x-forwarded-proto"] == "https"
    assert answer.headers[others_traefik.HEADER] == "others"
    assert answer.headers["x-content-type-options"] == "nosniff"
