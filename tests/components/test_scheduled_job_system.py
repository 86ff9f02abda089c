"""Scheduled jobs on a real Swarm, with a keeper that looks at them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pulumi
import pytest

from components.job_keeper.exposition import metrics
from components.job_keeper.reports import WHY_STOPPED
from components.scheduled_job import ScheduledJobProvider
from tests.components.conftest import RealSwarm
from tests.components.scheduled_jobs import (
    as_swarm_cronjob,
    change,
    eventually,
    keeper_of,
    looking,
    made,
    props,
    replicas,
    report,
    runs_seen,
    scale,
    spec,
)

pytestmark = pytest.mark.system

PROVIDER = ScheduledJobProvider()
NAME = "the-id"
GOOD = """echo 'llmproxy-report {"rows": 7, "bytes": 8}'"""


def test_a_job_starts_each_time_it_is_asked_for_and_a_changed_image_starts_nothing(swarm: RealSwarm) -> None:
    state = made(props(swarm, GOOD))
    assert swarm.task_states(f"{swarm.prefix}job") == []
    with looking(keeper_of(swarm)):
        starts: list[str] = []
        for ask in (as_swarm_cronjob, scale, scale):
            ask(swarm)
            eventually(lambda: report(swarm).get("last-start") not in (None, *starts), "the run is reported")
            eventually(lambda: replicas(swarm) == 0, "replicas are reset")
            starts.append(report(swarm)["last-start"])
        assert sorted(set(starts)) == starts
        assert (report(swarm)["rows"], report(swarm)["bytes"], report(swarm)["last-exit-code"]) == ("7", "8", "0")

        seen = PROVIDER.read(NAME, state)
        assert seen.outs == state
        assert PROVIDER.diff(NAME, state, props(swarm, GOOD)).changes is False

        changed = props(swarm, "echo another; sleep 30")
        assert PROVIDER.diff(NAME, state, changed).changes is True
        PROVIDER.update(NAME, state, changed)
        time.sleep(3)
        assert swarm.task_states(f"{swarm.prefix}job") == []
        assert len(runs_seen(swarm)) == 3
        assert report(swarm)["last-start"] == starts[-1]


def test_a_failed_run_is_told_with_exit_code_and_last_line_and_the_success_before_it_stays(swarm: RealSwarm) -> None:
    state = made(props(swarm, GOOD))
    with looking(keeper_of(swarm)):
        scale(swarm)
        eventually(lambda: "last-success" in report(swarm), "a success")
        success = report(swarm)["last-success"]
        PROVIDER.update(NAME, state, props(swarm, "echo one; echo the lock is held >&2; exit 3"))
        scale(swarm)
        eventually(lambda: report(swarm).get("last-exit-code") == "3", "the failure")
    assert report(swarm)["last-error"] == "the lock is held"
    assert report(swarm)["last-success"] == success
    assert "rows" not in report(swarm)


def test_an_up_during_a_run_waits_for_its_end_and_neither_stops_nor_repeats_it(swarm: RealSwarm) -> None:
    state = made(props(swarm, f"sleep 4; {GOOD}"))
    with looking(keeper_of(swarm)):
        scale(swarm)
        eventually(lambda: "running" in swarm.task_states(f"{swarm.prefix}job"), "the run")
        assert PROVIDER.read(NAME, state).outs == state

        began = time.monotonic()
        relabelled = props(swarm, f"sleep 4; {GOOD}", schedule="0 1 1 1 *")
        PROVIDER.update(NAME, state, relabelled)
        assert time.monotonic() - began < 2
        assert spec(swarm)["Labels"]["swarm.cronjob.schedule"] == "CRON_TZ=UTC 0 1 1 1 *"
        assert "running" in swarm.task_states(f"{swarm.prefix}job")

        PROVIDER.update(NAME, relabelled, props(swarm, "sleep 60"))
        assert time.monotonic() - began > 2
        assert report(swarm)["last-exit-code"] == "0"
        time.sleep(2)
        assert swarm.task_states(f"{swarm.prefix}job") == []
        assert len(runs_seen(swarm)) == 1


def test_a_run_that_does_not_end_in_time_is_an_error_and_goes_on(swarm: RealSwarm) -> None:
    state = made(props(swarm, "sleep 60"))
    scale(swarm)
    eventually(lambda: "running" in swarm.task_states(f"{swarm.prefix}job"), "the run")
    with pytest.raises(pulumi.RunError, match="its run has not ended after 1 s"):
        PROVIDER.update(NAME, state, props(swarm, "echo", wait_seconds=1))
    assert "running" in swarm.task_states(f"{swarm.prefix}job")


def test_a_run_that_somebody_ends_is_told_as_failed_and_a_late_look_reports_once(swarm: RealSwarm) -> None:
    made(props(swarm, "trap 'exit 0' TERM; sleep 60 & wait"))
    keeper = keeper_of(swarm)
    with looking(keeper):
        scale(swarm)
        eventually(lambda: any(job.running for job in keeper.jobs), "the run")
        scale(swarm, 0)
        eventually(lambda: "last-error" in report(swarm), "the end by hand", seconds=25)
    assert report(swarm)["last-error"] == WHY_STOPPED
    before = spec(swarm)
    keeper_of(swarm).look()
    assert spec(swarm) == before


def test_a_keeper_that_was_away_reports_what_it_missed_and_a_1_right_after_its_0_starts_too(swarm: RealSwarm) -> None:
    made(props(swarm, GOOD))
    scale(swarm)
    eventually(lambda: "complete" in swarm.task_states(f"{swarm.prefix}job"), "the run")
    keeper = keeper_of(swarm)
    keeper.look()
    first = report(swarm)["last-start"]
    scale(swarm)
    with looking(keeper):
        eventually(lambda: report(swarm)["last-start"] != first, "the second run")
        eventually(lambda: replicas(swarm) == 0, "the reset")
    assert len(runs_seen(swarm)) == 2


def test_what_was_changed_by_hand_is_shown_and_mended_and_what_is_gone_is_made_again(swarm: RealSwarm) -> None:
    wanted = props(swarm, GOOD)
    state = made(wanted)
    change(swarm, lambda spec: spec["Labels"].update({"swarm.cronjob.schedule": "* * * * *"}))
    change(swarm, lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Env=["A=b"]))
    seen = PROVIDER.read(NAME, state)
    assert seen.outs is not None
    assert seen.outs["changed_by_hand"] == {
        "Labels.swarm.cronjob.schedule": '"* * * * *"',
        "TaskTemplate.ContainerSpec.Env.0": '"A=b"',
    }
    assert PROVIDER.diff(NAME, seen.outs, wanted).changes is True
    PROVIDER.update(NAME, seen.outs, wanted)
    assert PROVIDER.read(NAME, state).outs == state

    PROVIDER.delete(NAME, state)
    PROVIDER.delete(NAME, state)
    assert PROVIDER.read(NAME, state).id == ""


def test_a_leftover_of_a_killed_up_is_adopted_and_a_foreign_service_left_alone(swarm: RealSwarm) -> None:
    made(props(swarm, "echo old"))
    made(props(swarm, GOOD))
    assert spec(swarm)["TaskTemplate"]["ContainerSpec"]["Args"] == [GOOD]
    foreign = props(swarm, GOOD, labels={"llmproxy.project": "another", "llmproxy.stack": swarm.prefix})
    with pytest.raises(pulumi.RunError, match="which is not this job of this stack"):
        PROVIDER.create(foreign)
    PROVIDER.delete(NAME, foreign)
    assert swarm.names_like("job") == [f"{swarm.prefix}job"]


@pytest.mark.parametrize("seconds", [0, 86400])
def test_a_job_that_never_ran_is_late_after_its_time(swarm: RealSwarm, seconds: int) -> None:
    made(props(swarm, GOOD, late_after_seconds=seconds))
    keeper = keeper_of(swarm)
    keeper.look()
    text = metrics(keeper.jobs, looked=keeper.looked, now=datetime.now(UTC))
    assert f'llmproxy_job_late{{job="job"}} {0 if seconds else 1}' in text
