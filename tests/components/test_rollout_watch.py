"""The gate looks until all has settled, one has failed or the time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue

from components.errors import RolloutFailed
from components.rollout_verdict import Wanted
from components.rollout_watch import wait_until_settled
from components.swarm_state import ServiceState, TaskState
from tests.components.swarm import FAILED, RUNNING, SERVICE, FakeSwarm, at

WANTED = {"s1": Wanted(name="llmproxy_web", spec_digest="new", replicas=1, monitor=timedelta(seconds=5))}


def watch(
    swarm: FakeSwarm, *, deadline: float = 60, said: list[str] | None = None, secrets: list[str] | None = None
) -> None:
    wait_until_settled(
        swarm,
        WANTED,
        deadline_seconds=deadline,
        secrets=secrets or [],
        clock=swarm.clock,
        say=(said if said is not None else []).append,
    )


def test_a_settled_service_costs_one_look() -> None:
    swarm = FakeSwarm(lambda _: (SERVICE, [replace(RUNNING, since=at(-60))]))
    watch(swarm)
    assert swarm.seconds == 0


def test_the_gate_waits_for_the_start_and_the_monitor_time() -> None:
    def script(seconds: float) -> tuple[ServiceState, list[TaskState]]:
        return SERVICE, [replace(RUNNING, since=at(8)) if seconds >= 8 else replace(RUNNING, state="starting")]

    swarm = FakeSwarm(script)
    watch(swarm)
    assert swarm.seconds == 13


def test_at_the_deadline_the_reason_for_waiting_is_told() -> None:
    swarm = FakeSwarm(lambda _: (SERVICE, [replace(RUNNING, state="starting", message="starting")]))
    with pytest.raises(RolloutFailed, match="not settled after 60 s: 0 of 1 tasks are running, one is starting"):
        watch(swarm)


def test_the_error_tells_service_task_node_exit_code_swarms_message_and_log() -> None:
    failed = replace(FAILED, since=at(1))
    swarm = FakeSwarm(lambda s: (SERVICE, [RUNNING] if s < 1 else [failed]), log=["one", "two"])
    with pytest.raises(RolloutFailed) as caught:
        watch(swarm)
    assert str(caught.value).splitlines() == [
        "rollout of llmproxy_web failed: a task ended while the rollout was watched",
        "  task: llmproxy_web.1 (t0) on node node-of-n1, failed, exit code 3",
        "  Swarm says: task: non-zero exit (3)",
        "  its last 2 log lines:",
        "    | one",
        "    | two",
        "  `docker service ps --no-trunc llmproxy_web` shows more; correct the cause and run up again",
    ]


def test_at_most_twenty_log_lines_are_told() -> None:
    swarm = FakeSwarm(lambda _: (SERVICE, [FAILED]), log=[f"line {number}" for number in range(100)])
    with pytest.raises(RolloutFailed) as caught:
        watch(swarm)
    assert str(caught.value).count("    | line ") == 20


def test_log_lines_are_told_without_colours_and_blank_lines_and_with_their_ends() -> None:
    long = f"Traceback {'x' * 5000} ImportError: no such module"
    swarm = FakeSwarm(lambda _: (SERVICE, [FAILED]), log=["\x1b[1;31mred\x1b[0m", "   ", long])
    with pytest.raises(RolloutFailed) as caught:
        watch(swarm)
    red, shortened = [line for line in str(caught.value).splitlines() if line.startswith("    | ")]
    assert red == "    | red"
    assert len(shortened) < 800
    assert shortened.startswith("    | Traceback xxx")
    assert shortened.endswith("ImportError: no such module")


def test_secrets_in_log_lines_are_hidden() -> None:
    swarm = FakeSwarm(lambda _: (SERVICE, [FAILED]), log=["the key is hush-hush-1"])
    with pytest.raises(RolloutFailed) as caught:
        watch(swarm, secrets=["hush-hush-1"])
    assert "hush" not in str(caught.value)


def test_a_line_about_the_progress_is_said_now_and_then() -> None:
    said: list[str] = []
    swarm = FakeSwarm(lambda _: (SERVICE, [replace(RUNNING, state="starting", message="starting")]))
    with pytest.raises(RolloutFailed):
        watch(swarm, deadline=40, said=said)
    assert said == ["llmproxy_web: 0 of 1 tasks are running, one is starting: starting"] * 2


def test_a_task_without_a_place_is_told_with_what_it_asks_for_and_what_the_nodes_have() -> None:
    template: JsonValue = {"Placement": {"Constraints": ["node.labels.proxy==true"]}}
    stuck = replace(RUNNING, state="pending", node_id="", message="no suitable node (scheduling constraints …)")
    service = replace(SERVICE, template=template)
    swarm = FakeSwarm(lambda _: (service, [replace(stuck, template=template)]))
    with pytest.raises(RolloutFailed) as caught:
        watch(swarm, deadline=300)
    assert swarm.seconds == 15
    assert (
        "  placementConstraints: found node.labels.proxy==true; allowed is what a node of the Swarm has: box "
        "(node.role==manager; no labels; 4096 MiB, 2 cores); change it, or label a node: docker node update "
        "--label-add proxy=true box"
    ) in str(caught.value).splitlines()


def test_a_global_service_that_no_node_may_run_is_told_likewise() -> None:
    template: JsonValue = {"Placement": {"Constraints": ["node.role==worker"]}}
    nowhere = replace(SERVICE, replicas=None, desired_tasks=0, template=template)
    wanted = {"s1": replace(WANTED["s1"], replicas=None)}
    swarm = FakeSwarm(lambda _: (nowhere, []))
    with pytest.raises(RolloutFailed, match="failed: no node is allowed to run it\n  placementConstraints: found node"):
        wait_until_settled(swarm, wanted, deadline_seconds=300, clock=swarm.clock)
    assert swarm.seconds == 15


def test_memory_that_other_tasks_have_set_aside_is_told_as_such() -> None:
    template: JsonValue = {"Resources": {"Reservations": {"MemoryBytes": 4000 << 20}}}
    stuck = replace(RUNNING, state="pending", node_id="", template=template)
    stuck = replace(stuck, message="no suitable node (insufficient resources on 1 node)")
    swarm = FakeSwarm(lambda _: (replace(SERVICE, template=template), [stuck]))
    with pytest.raises(RolloutFailed, match="memoryReservationMib: found 4000; allowed is what no other task has set"):
        watch(swarm, deadline=300)


def test_an_image_that_cannot_be_had_is_told_with_what_to_do() -> None:
    rejected = replace(FAILED, state="rejected", since=at(1), message="No such image: example.org/x:1", exit_code=None)
    swarm = FakeSwarm(lambda _: (SERVICE, [rejected]))
    with pytest.raises(
        RolloutFailed, match="  that means: allowed is an image that the node has or its registry gives"
    ):
        watch(swarm)
