"""The job-keeper on a fake engine: what it reports, when it resets, and what it leaves to the next look."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.job_keeper import labels as names
from components.job_keeper.__main__ import page
from components.job_keeper.engine import Engine, EngineError, Service
from components.job_keeper.exposition import jobs_json, metrics
from components.job_keeper.keeper import Keeper
from components.job_keeper.reports import LONGEST_ERROR, WHY_STOPPED, Run, is_late, with_report

MADE = "2026-01-01T00:00:00.5Z"
RUN = Run("t1", "complete", "2026-01-02T03:00:00.123456789Z", "2026-01-02T03:00:07.2Z", "finished", 0, asked_by=5)
RUNNING = replace(RUN, state="running", exit_code=None)
LATER = replace(RUN, task_id="t2", created="2026-01-02T04:00:00Z", since="2026-01-02T04:00:01Z")
FAILED = replace(RUN, state="failed", message="task: non-zero exit (3)", exit_code=3)
GOOD_LOG = ["10 rows deleted", 'llmproxy-report {"rows": 10, "bytes": 2048}']


@dataclass
class FakeEngine:
    """One job whose service and tasks the test sets."""

    runs_now: Sequence[Run] = ()
    labels: Mapping[str, str] = field(default_factory=lambda: {names.JOB: "clean-up"})
    replicas: int = 1
    asked_by: int = 5
    lines: Sequence[str] = ()
    refuses: bool = False
    written: list[Mapping[str, Any]] = field(default_factory=list)
    no_log: bool = False
    unseen: str = ""

    def services(self, labels: Sequence[str]) -> list[Service]:
        spec = {
            "Name": "s_clean-up",
            "Labels": dict(self.labels),
            "Mode": {"Replicated": {"Replicas": self.replicas}},
            "TaskTemplate": {"ForceUpdate": self.asked_by, "ContainerSpec": {"Image": "box"}},
        }
        unseen = [Service(self.unseen, 9, {**spec, "Name": f"s_{self.unseen}"}, MADE)] if self.unseen else []
        return [*unseen, Service("s1", 9, spec, MADE)]

    def runs(self, service_id: str) -> list[Run]:
        if service_id == self.unseen:
            raise EngineError("timed out")
        return list(self.runs_now)

    def log(self, task_id: str) -> list[str]:
        if self.no_log:
            raise EngineError("its node is gone")
        return list(self.lines)

    def update(self, service: Service, spec: Mapping[str, Any]) -> None:
        if self.refuses:
            raise EngineError("update out of sequence")
        self.written.append(spec)
        self.labels, self.replicas = spec["Labels"], spec["Mode"]["Replicated"]["Replicas"]


def keeper(engine: FakeEngine, clock: list[float] | None = None) -> tuple[Keeper, list[str]]:
    said: list[str] = []
    time = clock or [0.0]
    return Keeper(engine, ["a=b"], say=said.append, monotonic=lambda: time[0]), said


def test_a_run_that_ended_is_reported_and_reset_in_one_update_that_changes_no_task() -> None:
    engine = FakeEngine([RUN], lines=GOOD_LOG)
    keeper(engine)[0].look()
    (spec,) = engine.written
    assert spec["TaskTemplate"] == {"ForceUpdate": 5, "ContainerSpec": {"Image": "box"}}
    assert spec["Mode"] == {"Replicated": {"Replicas": 0}}
    assert spec["Labels"] == {
        names.JOB: "clean-up",
        names.LAST_START: RUN.created,
        names.LAST_END: RUN.since,
        names.LAST_SUCCESS: RUN.since,
        names.LAST_DURATION: "7.1",
        names.LAST_EXIT_CODE: "0",
        names.ROWS: "10",
        names.BYTES: "2048",
    }


def test_a_report_is_neither_doubled_nor_lost_when_the_keeper_starts_anew() -> None:
    engine = FakeEngine([RUN, LATER], lines=GOOD_LOG)
    keeper(engine)[0].look()
    keeper(engine)[0].look()
    assert len(engine.written) == 1
    assert engine.labels[names.LAST_START] == LATER.created


def test_of_a_success_and_a_failure_after_it_both_are_told() -> None:
    engine = FakeEngine([RUN, replace(FAILED, task_id="t2", created=LATER.created, since=LATER.since)])
    keeper(engine)[0].look()
    assert engine.labels[names.LAST_SUCCESS] == RUN.since
    assert engine.labels[names.LAST_EXIT_CODE] == "3"


@pytest.mark.parametrize(
    "engine",
    [FakeEngine([RUN], asked_by=6), FakeEngine([RUN, replace(LATER, state="preparing", exit_code=None)])],
    ids=["asked for but not there yet", "there"],
)
def test_a_new_run_beside_an_unreported_one_is_not_taken_away(engine: FakeEngine) -> None:
    keeper(engine)[0].look()
    assert engine.replicas == 1
    assert engine.labels[names.LAST_START] == RUN.created


def test_while_a_run_goes_on_nothing_is_written() -> None:
    engine = FakeEngine([RUNNING])
    made, _ = keeper(engine)
    made.look()
    assert (engine.written, made.jobs[0].running) == ([], True)


def test_an_update_that_somebody_else_was_faster_with_is_made_at_the_next_look() -> None:
    engine = FakeEngine([RUN], refuses=True)
    made, said = keeper(engine)
    made.look()
    assert said == ["s_clean-up: not written, looking again: update out of sequence"]
    engine.refuses = False
    made.look()
    assert len(engine.written) == 1


def test_the_log_of_a_failed_run_is_kept_in_the_keepers_own() -> None:
    engine = FakeEngine([FAILED], lines=["one", "the lock is held"])
    made, said = keeper(engine)
    made.look()
    assert engine.labels[names.LAST_ERROR] == "the lock is held"
    assert said == [
        f"s_clean-up: run of {RUN.created}: failed, exit code 3",
        "s_clean-up: | one",
        "s_clean-up: | the lock is held",
    ]


def test_a_log_that_cannot_be_had_holds_up_no_report() -> None:
    engine = FakeEngine([FAILED], no_log=True)
    keeper(engine)[0].look()
    assert engine.labels[names.LAST_ERROR] == "(no log: its node is gone)"


def test_a_job_whose_tasks_cannot_be_read_keeps_the_keeper_from_no_other() -> None:
    engine = FakeEngine([RUN], unseen="s0")
    made, said = keeper(engine)
    made.look()
    assert said[0] == "s_s0: not seen, looking again: timed out"
    assert (len(engine.written), made.looked > 0) == (1, True)
    assert [job.service for job in made.jobs] == ["s_s0", "s_clean-up"]


@pytest.mark.parametrize("garbage", ["garbage", "", "2026-01-01T00:00:00"])
def test_labels_that_somebody_wrote_by_hand_are_passed_over_and_the_next_run_is_reported(garbage: str) -> None:
    wrong = dict.fromkeys((names.LAST_START, names.LAST_SUCCESS, names.ROWS, names.LAST_DURATION), garbage)
    labels = {names.JOB: "clean-up", names.LATE_AFTER: "60", **wrong}
    resting, _ = keeper(FakeEngine([], labels=labels, replicas=0))
    resting.look()
    told = metrics(resting.jobs, looked=1.0, now=datetime(2026, 1, 1, 1, tzinfo=UTC))
    assert 'llmproxy_job_late{job="clean-up"} 1' in told
    assert "last_start" not in told
    engine = FakeEngine([RUN], labels=labels, lines=GOOD_LOG)
    keeper(engine)[0].look()
    assert (engine.labels[names.LAST_START], engine.labels[names.ROWS]) == (RUN.created, "10")


def test_a_run_that_vanished_was_stopped_by_somebody() -> None:
    engine = FakeEngine([RUNNING])
    made, _ = keeper(engine)
    made.look()
    engine.runs_now, engine.replicas = [], 0
    made.look()
    made.look()
    assert len(engine.written) == 1
    assert engine.labels[names.LAST_ERROR] == WHY_STOPPED


def test_replicas_without_a_task_are_nudged_and_given_up_at_last() -> None:
    clock = [0.0]
    engine = FakeEngine([])
    made, said = keeper(engine, clock)
    for seconds in (0.0, 3.0, 5.0, 61.0, 62.0):
        clock[0] = seconds
        made.look()
    assert [spec["Mode"]["Replicated"]["Replicas"] for spec in engine.written] == [1, 0]
    assert said == ["s_clean-up: a run was asked for, but Swarm made no task for it; ask again"]


@pytest.mark.parametrize(
    ("run", "log", "told"),
    [
        (FAILED, ["bad \x1b[31mred\x1b[0m\x07"], "bad red"),
        (FAILED, [], "task: non-zero exit (3)"),
        (replace(FAILED, state="rejected", message="No such image: x", exit_code=None), [], "No such image: x"),
        (replace(FAILED, state="shutdown"), ["deleting"], WHY_STOPPED),
        (FAILED, ["x" * 300], f"{'x' * LONGEST_ERROR} …"),
        (FAILED, ["cause", "", *GOOD_LOG[1:]], "cause"),
        (replace(RUN, exit_code=1), ["odd"], "odd"),
    ],
)
def test_an_error_is_one_short_line(run: Run, log: list[str], told: str) -> None:
    assert with_report({}, run, log)[names.LAST_ERROR] == told


@pytest.mark.parametrize(
    "line",
    ["llmproxy-report {", "llmproxy-report []", 'llmproxy-report {"rows": "7"}', 'llmproxy-report {"rows": true}', "x"],
)
def test_figures_that_are_none_are_left_out(line: str) -> None:
    assert names.ROWS not in with_report({names.ROWS: "1"}, RUN, [line])


@pytest.mark.parametrize(
    ("labels", "days", "late"),
    [
        ({}, 9, True),
        ({}, 7, False),
        ({names.LAST_SUCCESS: "2026-01-05T00:00:00Z"}, 9, False),
        ({names.LAST_SUCCESS: "2026-01-05T00:00:00Z", names.LAST_ERROR: "x"}, 13, True),
        ({names.LATE_AFTER: "soon"}, 99, False),
    ],
)
def test_a_job_is_late_by_its_last_success_or_by_its_making(labels: dict[str, str], days: int, late: bool) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    assert is_late({names.LATE_AFTER: str(8 * 86400), **labels}, MADE, now) is late


def test_metrics_and_json_tell_of_each_job() -> None:
    engine = FakeEngine([RUN], lines=GOOD_LOG, labels={names.JOB: "clean-up", names.LATE_AFTER: "60"})
    made, _ = keeper(engine)
    made.look()
    now = datetime(2026, 1, 2, 3, 5, tzinfo=UTC)
    text = metrics(made.jobs, looked=12.5, now=now)
    for line in (
        'llmproxy_job_last_success_timestamp_seconds{job="clean-up"} 1767322807.2',
        'llmproxy_job_last_duration_seconds{job="clean-up"} 7.1',
        'llmproxy_job_rows{job="clean-up"} 10',
        'llmproxy_job_failed{job="clean-up"} 0',
        'llmproxy_job_late{job="clean-up"} 1',
        'llmproxy_job_running{job="clean-up"} 0',
        "llmproxy_job_keeper_last_look_timestamp_seconds 12.500",
    ):
        assert line in text.splitlines()
    (told,) = json.loads(jobs_json(made.jobs, now=now))
    assert (told["job"], told["late"], told["failed"], told["rows"]) == ("clean-up", True, False, "10")


def test_the_pages_are_there_and_health_is_bad_until_the_engine_was_seen() -> None:
    made, _ = keeper(FakeEngine())
    assert [page(path, made)[0] for path in ("/health", "/metrics", "/jobs", "/")] == [503, 200, 200, 404]
    made.look()
    assert page("/health", made)[0] == 200


def test_an_engine_that_does_not_answer_is_told_and_what_was_seen_stays(tmp_path: Path) -> None:
    made, _ = keeper(FakeEngine())
    made.look()
    made.engine = Engine(str(tmp_path / "gone.sock"))
    with pytest.raises(EngineError, match=r"gone\.sock: GET /services: no answer"):
        made.look()
    assert [job.name for job in made.jobs] == ["clean-up"]


def test_the_keeper_needs_nothing_but_the_standard_library() -> None:
    for path in Path(names.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                found = [node.module or ""]
            assert all(name.split(".")[0] in sys.stdlib_module_names for name in found), path
