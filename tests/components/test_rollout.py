"""The gate as a resource: what it wants, what it reads, when it runs again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.rollout import GatedInputs, RolloutGate, RolloutGateProvider, live_services
from components.rollout_args import GatedService, RolloutGateArgs
from components.swarm_state import ServiceState
from tests.components.engine import Recorded, drained
from tests.components.swarm import SERVICE, FakeSwarm

WANTED = GatedInputs(
    service_id="s1",
    spec_digest="new",
    image="box:2",
    replicas=1,
    monitor_seconds=5,
    update_state="settled",
    running="all",
)


def live(service: ServiceState | None, wanted: GatedInputs = WANTED) -> dict[str, Any]:
    found: Any = live_services(FakeSwarm(lambda _: (service, [])), {"web": wanted})["web"]
    return dict(found)


def differing(service: ServiceState | None, wanted: GatedInputs = WANTED) -> dict[str, Any]:
    """What a preview would show: the live values that are not the wanted ones."""
    return {key: value for key, value in live(service, wanted).items() if value != getattr(wanted, key)}


def test_a_service_as_it_is_wanted_shows_no_difference() -> None:
    assert differing(SERVICE) == {}
    assert differing(replace(SERVICE, update_state="completed")) == {}


@pytest.mark.parametrize(
    ("service", "shown"),
    [
        (None, {"update_state": "gone", "running": "none"}),
        (replace(SERVICE, replicas=0, desired_tasks=0, running_tasks=0), {"replicas": 0}),
        (replace(SERVICE, running_tasks=0), {"running": "0 of 1"}),
        (replace(SERVICE, image="box:1"), {"image": "box:1"}),
        (replace(SERVICE, update_state="paused"), {"update_state": "paused"}),
        (
            replace(SERVICE, update_state="rollback_completed", spec_digest="old"),
            {"update_state": "rollback_completed", "spec_digest": "old"},
        ),
    ],
)
def test_what_is_not_as_wanted_is_shown_as_it_is(service: ServiceState | None, shown: dict[str, Any]) -> None:
    assert differing(service) == shown


def test_a_rollback_to_the_wanted_spec_is_settled() -> None:
    assert differing(replace(SERVICE, update_state="rollback_completed")) == {}


def test_a_global_service_has_no_number_of_replicas() -> None:
    global_service = replace(SERVICE, replicas=None, desired_tasks=3, running_tasks=3)
    assert differing(global_service, WANTED.model_copy(update={"replicas": "global"})) == {}


OLD = {"docker_host": "h", "deadline_seconds": 300.0, "services": {"web": {"replicas": 1.0}}, "secret_values": ["a"]}


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ({}, False),
        ({"services": {"web": {"replicas": 1}}}, False),
        ({"services": {"web": {"replicas": 0}}}, True),
        ({"services": {"web": {"replicas": 1}, "db": {}}}, True),
        ({"deadline_seconds": 10}, False),
        ({"secret_values": ["b"]}, False),
    ],
)
def test_the_gate_runs_again_when_a_service_differs_and_not_for_its_own_settings(
    changed: dict[str, Any], again: bool
) -> None:
    assert RolloutGateProvider().diff("gate", OLD, {**OLD, **changed}).changes is again


def gate() -> Recorded:
    services = [
        GatedService(service_id="s1", name="llmproxy_web", spec_digest="d", image="box:1", replicas=2),
        GatedService(service_id="s2", name="llmproxy_agent", spec_digest="e", image="box:2", replicas=None),
    ]
    args = RolloutGateArgs(docker_host="unix:///x", services=services, secret_values=["hush"])
    return drained(lambda: RolloutGate("gate", args)).one("pulumi-python:dynamic/swarm:RolloutGate")


def test_one_gate_wants_every_service_settled() -> None:
    services = gate().inputs["services"]
    assert {name: entry["replicas"] for name, entry in services.items()} == {
        "llmproxy_web": 2,
        "llmproxy_agent": "global",
    }
    assert all((entry["update_state"], entry["running"]) == ("settled", "all") for entry in services.values())


def test_generated_secrets_reach_the_gate_as_secrets() -> None:
    assert gate().is_secret("secret_values")


def test_at_delete_nothing_is_asked() -> None:
    assert RolloutGateProvider().delete("gate", {"docker_host": "tcp://192.0.2.1:1"}) is None  # type: ignore[func-returns-value]  # that it returns at all
