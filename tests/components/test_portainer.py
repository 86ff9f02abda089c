"""Portainer and its agents as services."""

from __future__ import annotations

import base64

import pytest

from components.naming import SwarmStack
from components.services.portainer import Portainer, PortainerArgs
from components.services.portainer_agent import PortainerAgent, PortainerAgentArgs
from tests.components.engine import Engine, drained
from tests.components.services_under_test import config_text, container, service

STACK = SwarmStack(name="portainer", project="llmproxy", environment="test")
SECRETS = ("marker-password", "marker-secret")
PORTAINER = PortainerArgs(
    stack=STACK,
    image="portainer:1",
    admin_password=SECRETS[0],
    agent_secret=SECRETS[1],
    volume_name="vol",
    network_ids=["net-public"],
    agent_network_id="net-agent",
    placement_constraints=["node.labels.ui==true"],
    labels={"traefik.enable": "true"},
)
AGENT = PortainerAgentArgs(stack=STACK, image="agent:1", secret=SECRETS[1], network_id="net-agent")


@pytest.fixture(scope="module")
def portainer() -> Engine:
    return drained(lambda: Portainer("portainer", PORTAINER))


@pytest.fixture(scope="module")
def agent() -> Engine:
    return drained(lambda: PortainerAgent("agent", AGENT))


def test_portainer_starts_with_the_agents_address_and_the_file_of_the_first_password(portainer: Engine) -> None:
    assert container(portainer)["commands"] == ["/bin/sh", "/etc/llmproxy/entrypoint.sh"]
    assert container(portainer)["args"] == [
        *("/portainer", "-H", "tcp://tasks.agent:9001", "--tlsskipverify"),
        *("--admin-password-file", "/run/secrets/admin-password"),
    ]


def test_the_agents_secret_reaches_both_as_a_file_that_the_wrapper_exports(portainer: Engine, agent: Engine) -> None:
    assert config_text(portainer, "portainer-env") == "@file AGENT_SECRET=/run/secrets/agent-secret\n"
    assert config_text(agent, "agent-env").splitlines() == [
        "AGENT_CLUSTER_ADDR=tasks.agent",
        "@file AGENT_SECRET=/run/secrets/secret",
    ]


def test_no_secret_is_in_anything_but_a_secret(portainer: Engine, agent: Engine) -> None:
    for resource in (*portainer.resources, *agent.resources):
        if resource.type != "docker:index/secret:Secret":
            for secret in SECRETS:
                assert secret not in str(resource.inputs), resource.name
                assert base64.b64encode(secret.encode()).decode() not in str(resource.inputs), resource.name


def test_portainer_runs_once_on_a_manager_and_stops_before_the_next_starts(portainer: Engine) -> None:
    placed = service(portainer)["taskSpec"]["placement"]["constraints"]
    assert sorted(placed) == ["node.labels.ui==true", "node.role==manager"]
    assert service(portainer)["updateConfig"]["order"] == "stop-first"
    (mount,) = container(portainer)["mounts"]
    assert (mount["type"], mount["source"], mount["target"]) == ("volume", "vol", "/data")


def test_the_health_check_uses_what_the_alpine_image_has(portainer: Engine, agent: Engine) -> None:
    tests = container(portainer)["healthcheck"]["tests"]
    assert tests[:2] == ["CMD", "wget"]
    assert tests[-1] == "http://127.0.0.1:9000/api/system/status"
    assert "healthcheck" not in container(agent)


def test_an_agent_runs_on_every_linux_node_and_is_only_on_the_agents_network(agent: Engine) -> None:
    assert set(service(agent)["mode"]) == {"global"}
    assert service(agent)["taskSpec"]["placement"]["constraints"] == ["node.platform.os==linux"]
    assert service(agent)["taskSpec"]["networksAdvanceds"] == [{"id": "net-agent", "aliases": ["agent"]}]


def test_an_agent_sees_the_engine_and_its_volumes_or_the_engine_alone(agent: Engine) -> None:
    def sources(engine: Engine) -> dict[str, str]:
        return {mount["target"]: mount["source"] for mount in container(engine)["mounts"]}

    socket = {"/var/run/docker.sock": "/var/run/docker.sock"}
    assert sources(agent) == {**socket, "/var/lib/docker/volumes": "/var/lib/docker/volumes"}
    without = PortainerAgentArgs(STACK, "agent:1", "x", "net-agent", volumes_path=None)
    assert sources(drained(lambda: PortainerAgent("agent", without))) == socket
