"""The verdict on a rollout, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from components.rollout_verdict import Done, Failed, Verdict, Waiting, Wanted, judge
from components.swarm_state import ServiceState, TaskState
from tests.components.swarm import FAILED, OLD, RUNNING, SERVICE, at

WANTED = Wanted(name="web", spec_digest="new", replicas=1, monitor=timedelta(seconds=5))
PENDING = replace(RUNNING, state="pending", message="pending task scheduling")
NO_NODE = replace(PENDING, message="no suitable node (scheduling constraints not satisfied on 1 node)")
BACK = replace(SERVICE, update_state="rollback_completed", update_message="rollback completed", template=OLD)


def verdict(
    tasks: Sequence[TaskState],
    *,
    service: ServiceState | None = SERVICE,
    wanted: Wanted = WANTED,
    now: float = 100,
    watched_since: float = 0,
) -> Verdict:
    return judge(wanted, service, tasks, watched_since=at(watched_since), now=at(now))


def reason(found: Verdict, kind: type[Waiting] | type[Failed]) -> str:
    assert isinstance(found, kind)
    return found.reason


def test_a_task_that_ran_for_the_monitor_time_is_done() -> None:
    assert verdict([RUNNING], now=5) == Done()


def test_a_task_that_runs_for_less_is_waited_for() -> None:
    assert reason(verdict([RUNNING], now=4), Waiting) == "healthy for 4 of 5 s"


def test_a_settled_service_is_done_at_once_whatever_failed_before() -> None:
    assert verdict([replace(FAILED, since=at(50)), RUNNING], now=100, watched_since=99) == Done()


def test_all_replicas_must_have_run_for_the_monitor_time() -> None:
    two, service = replace(WANTED, replicas=2), replace(SERVICE, replicas=2)
    young = replace(RUNNING, task_id="t2", slot="2", since=at(97))
    assert isinstance(verdict([RUNNING, young], wanted=two, service=service), Waiting)
    assert verdict([RUNNING, replace(young, since=at(95))], wanted=two, service=service) == Done()


def test_a_task_of_the_old_version_does_not_count() -> None:
    assert reason(verdict([replace(RUNNING, template=OLD)]), Waiting) == "0 of 1 tasks are running"


def test_a_task_that_swarm_is_about_to_stop_does_not_count() -> None:
    assert isinstance(verdict([replace(RUNNING, desired_state="shutdown")]), Waiting)


@pytest.mark.parametrize("state", ["updating", "rollback_started"])
def test_while_swarm_is_at_work_nothing_is_decided(state: str) -> None:
    assert isinstance(verdict([RUNNING, FAILED], service=replace(SERVICE, update_state=state)), Waiting)


@pytest.mark.parametrize("state", ["paused", "rollback_paused"])
def test_a_paused_update_is_a_failure_with_swarms_words(state: str) -> None:
    paused = replace(SERVICE, update_state=state, update_message="update paused due to failure")
    found = verdict([RUNNING, FAILED], service=paused)
    assert reason(found, Failed) == "Swarm paused the update: update paused due to failure"
    assert isinstance(found, Failed)
    assert found.task == FAILED


def test_a_completed_rollback_is_a_failure_although_the_replica_count_fits() -> None:
    old_task = replace(RUNNING, template=OLD)
    found = verdict([old_task, FAILED], service=replace(BACK, spec_digest="old"))
    assert found == Failed("Swarm rolled the service back: rollback completed", FAILED)


def test_a_rollback_is_told_when_the_task_that_it_brings_back_runs() -> None:
    service = replace(BACK, spec_digest="old")
    starting = replace(RUNNING, template=OLD, state="starting")
    again = "Swarm rolled the service back: rollback completed; the task of before is starting"
    assert verdict([starting, FAILED], service=service) == Waiting(again, FAILED)
    assert verdict([FAILED], service=service) == Waiting(again, FAILED)


def test_a_rollback_whose_own_task_fails_as_well_is_not_waited_for() -> None:
    fails_again = replace(FAILED, template=OLD, since=at(20))
    service = replace(BACK, spec_digest="old")
    assert verdict([FAILED, fails_again], service=service) == Failed(
        "Swarm rolled the service back: rollback completed", fails_again
    )


def test_a_rollback_to_what_the_program_wants_is_no_failure() -> None:
    # The program was set back as well: nothing is left to update, and Swarm's word stays for ever.
    assert verdict([replace(RUNNING, template=OLD)], service=BACK) == Done()


def test_a_rolled_back_service_without_our_label_is_a_failure() -> None:
    assert isinstance(verdict([replace(RUNNING, template=OLD)], service=replace(BACK, spec_digest="")), Failed)


def test_a_completed_update_is_judged_by_its_tasks() -> None:
    assert verdict([RUNNING], service=replace(SERVICE, update_state="completed")) == Done()


def test_a_task_that_ended_while_watched_is_a_failure() -> None:
    young = replace(RUNNING, since=at(98))
    assert verdict([replace(FAILED, since=at(97)), young], now=99, watched_since=90) == Failed(
        "a task ended while the rollout was watched", replace(FAILED, since=at(97))
    )


def test_a_task_that_ended_before_the_watch_is_not_held_against_its_successor() -> None:
    young = replace(RUNNING, since=at(98))
    assert isinstance(verdict([replace(FAILED, since=at(80)), young], now=99, watched_since=90), Waiting)


def test_a_failed_task_of_the_old_version_is_not_held_against_the_new_one() -> None:
    young = replace(RUNNING, since=at(98))
    failed = replace(FAILED, since=at(97), template=OLD)
    assert isinstance(verdict([failed, young], now=99, watched_since=90), Waiting)


def test_a_task_without_a_place_is_waited_for_at_first() -> None:
    assert reason(verdict([NO_NODE], now=14), Waiting).startswith("0 of 1 tasks are running, one is pending: no suit")


@pytest.mark.parametrize("state", ["", "updating"])
def test_a_task_that_finds_no_place_is_an_early_failure_also_while_swarm_waits(state: str) -> None:
    found = verdict([RUNNING, replace(NO_NODE, task_id="t2")], service=replace(SERVICE, update_state=state), now=15)
    assert reason(found, Failed) == f"a task finds no node: {NO_NODE.message}"


def test_a_port_that_is_about_to_be_freed_is_waited_for_as_long_as_that_may_take() -> None:
    wanted = replace(WANTED, port_wait=timedelta(seconds=340))
    held = replace(PENDING, message="no suitable node (host-mode port already in use on 1 node)")
    ending = replace(RUNNING, template=OLD, desired_state="shutdown")
    assert isinstance(verdict([ending, held], wanted=wanted, now=339), Waiting)
    assert reason(verdict([ending, held], wanted=wanted, now=340), Failed) == f"a task finds no node: {held.message}"
    assert isinstance(verdict([replace(NO_NODE)], wanted=wanted, now=15), Failed)


def test_a_service_that_is_gone_is_a_failure() -> None:
    assert "gone" in reason(verdict([], service=None), Failed)


def test_a_service_that_another_hand_changed_is_a_failure() -> None:
    assert "another hand" in reason(verdict([RUNNING], service=replace(SERVICE, spec_digest="other")), Failed)


def test_a_service_that_is_not_made_by_our_component_is_judged_without_a_digest() -> None:
    assert verdict([RUNNING], service=replace(SERVICE, spec_digest="")) == Done()


def test_another_replica_count_on_the_server_is_a_failure() -> None:
    found = verdict([RUNNING], service=replace(SERVICE, replicas=0))
    assert reason(found, Failed) == "the server asks for 0 replicas, this program for 1"


def test_a_service_of_no_replicas_is_done_without_tasks() -> None:
    assert verdict([], wanted=replace(WANTED, replicas=0), service=replace(SERVICE, replicas=0)) == Done()


GLOBAL = replace(WANTED, replicas=None)


def test_a_global_service_is_done_when_every_desired_task_runs() -> None:
    two = replace(SERVICE, replicas=None, desired_tasks=2)
    assert reason(verdict([RUNNING], wanted=GLOBAL, service=two), Waiting) == "1 of 2 tasks are running"
    assert verdict([RUNNING, replace(RUNNING, slot="n2")], wanted=GLOBAL, service=two) == Done()


def test_a_global_service_that_no_node_may_run_is_not_done() -> None:
    nowhere = replace(SERVICE, replicas=None, desired_tasks=0)
    assert reason(verdict([], wanted=GLOBAL, service=nowhere, now=14), Waiting) == "no node is allowed to run it"


def test_a_global_service_that_no_node_may_run_for_a_while_is_an_early_failure() -> None:
    nowhere = replace(SERVICE, replicas=None, desired_tasks=0)
    assert verdict([], wanted=GLOBAL, service=nowhere, now=15) == Failed("no node is allowed to run it")


@pytest.mark.parametrize("why", ["scheduling constraints not satisfied", "insufficient resources"])
def test_a_label_or_memory_that_no_node_has_is_an_early_failure_with_swarms_words(why: str) -> None:
    # Start-first: the old task runs on and would free its memory only after the new one has a place.
    old = replace(RUNNING, template=OLD)
    stuck = replace(PENDING, message=f"no suitable node ({why} on 1 node)")
    updating = replace(SERVICE, update_state="updating", update_message="update in progress")
    assert isinstance(verdict([old, stuck], service=updating, now=14), Waiting)
    assert verdict([old, stuck], service=updating, now=15) == Failed(f"a task finds no node: {stuck.message}", stuck)


def test_a_port_that_the_ending_task_still_has_is_waited_for() -> None:
    # Stop-first: the new task is made when the old one has ended, and gets its place within a moment.
    placed = replace(NO_NODE, state="preparing", message="preparing")
    updating = replace(SERVICE, update_state="updating")
    assert isinstance(verdict([placed], service=updating, now=60), Waiting)


def test_a_task_of_before_that_ends_its_requests_is_waited_for_where_it_must_not_be_asked_any_more() -> None:
    alone, ending = replace(WANTED, alone_within=timedelta(seconds=60)), replace(RUNNING, task_id="t0", template=OLD)
    ending = replace(ending, desired_state="shutdown")
    assert verdict([RUNNING, ending], now=59) == Done()
    assert reason(verdict([RUNNING, ending], wanted=alone, now=59), Waiting) == "a task of before ends its requests"
    assert verdict([RUNNING, replace(ending, state="shutdown")], wanted=alone, now=59) == Done()


def test_a_task_of_before_on_a_node_that_is_down_is_not_waited_for_for_ever() -> None:
    alone = replace(WANTED, alone_within=timedelta(seconds=60))
    assert verdict([RUNNING, replace(RUNNING, task_id="t0", desired_state="shutdown")], wanted=alone, now=60) == Done()
