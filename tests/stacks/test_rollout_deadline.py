"""How long a rollout may take, and how long a port that is about to be freed is waited for, in every combination."""

from __future__ import annotations

from typing import Any

import pytest

from stacks import port_waits
from stacks.settings import Settings, parse
from tests.stacks.whole_program import run

GATEWAY: dict[str, Any] = {"hostPort": 4000, "rolloutDeadlineSeconds": 100, "longestStreamSeconds": 50}


def settings(*, replicas: int = 1, host_port: int | None = 4000, traefik: dict[str, Any] | None = None) -> Settings:
    gateway = {**GATEWAY, "replicas": replicas, "hostPort": host_port, "adminUrl": "http://localhost:4000"}
    ingress = {"domain": "example.com", "certificate": "none"}
    document = {"docker": {"nodes": 9}, "litellm": {**gateway, "workers": 1}, "ingress": ingress}
    return parse({**document, "traefik": traefik or {}}, place="test")


@pytest.mark.parametrize(
    ("chosen", "seconds"),
    [
        (settings(), 100 + 50 + 10 + 30),
        (settings(replicas=3), 100 + 3 * (50 + 10 + 30)),
        (settings(host_port=None), 100),
        (settings(traefik={"enabled": True}), 100),
    ],
    ids=["its own host port: the new task waits for the old one's answers", "one after the other", "none", "Traefik's"],
)
def test_the_gateways_deadline_has_room_for_the_answers_that_a_rollout_waits_for(
    chosen: Settings, seconds: int
) -> None:
    assert port_waits.gateway_deadline(chosen) == seconds


@pytest.mark.parametrize(
    ("chosen", "seconds"),
    [
        (settings(), 300),
        (settings(traefik={"enabled": True, "drainSeconds": 5}), 300 + 90 + 15),
        (settings(traefik={"enabled": True, "drainSeconds": 600, "replicas": 2}), 300 + 640 + 2 * 610),
    ],
)
def test_traefiks_deadline_has_room_for_the_gateways_answers_and_its_own(chosen: Settings, seconds: int) -> None:
    assert port_waits.ingress_deadline(chosen) == seconds


@pytest.mark.parametrize(("stream", "drain", "seconds"), [(300, 10, 340), (20, 100, 140), (86_400, 0, 86_440)])
def test_a_port_is_waited_for_as_long_as_its_holder_may_take_to_end(stream: int, drain: int, seconds: int) -> None:
    chosen = parse({"litellm": {"longestStreamSeconds": stream}, "traefik": {"drainSeconds": drain}}, place="test")
    assert port_waits.longest(chosen) == seconds


def test_both_gates_wait_for_ports_and_for_a_whole_rollout() -> None:
    engine = run({"traefik": {"enabled": True}, "ingress": {"domain": "example.com", "certificate": "none"}})
    gates = engine.of_type("pulumi-python:dynamic/swarm:RolloutGate")
    assert {gates[name].plain("port_wait_seconds") for name in ("llmproxy", "portainer")} == {340}
    assert gates["portainer"].plain("deadline_seconds") == 300 + 340 + 20
    assert gates["llmproxy-data"].plain("port_wait_seconds") == 45


def test_a_service_with_a_port_of_the_node_is_given_as_long_as_is_waited_for_it() -> None:
    services = run({}).of_type("docker:index/service:Service")
    assert services["litellm"].inputs["taskSpec"]["containerSpec"]["stopGracePeriod"] == "5m10s"
