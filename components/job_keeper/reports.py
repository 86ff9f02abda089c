"""What is told of a run that ended: from the engine's words about its task and its log to labels, and back.

Takes tasks, log lines and labels as plain values, gives labels and what metrics and status say of them. Pure: the time
is an argument.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import labels as names

FIGURES = "llmproxy-report "
ENDED = frozenset({"complete", "shutdown", "failed", "rejected", "orphaned", "remove"})
SUCCEEDED = "complete"
STOPPED = frozenset({"shutdown", "remove"})
WHY_STOPPED = "stopped before it was done: scaled to 0, or its node was drained"
LONGEST_ERROR = 200
CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Run:
    """One task of a job.

    Attributes:
        state: Swarm's word for where it is.
        created: When it was asked for, as the engine writes it.
        since: When it came into its state, likewise.
        message: What Swarm says of it.
        asked_by: The service's ForceUpdate counter when it was asked for.
    """

    task_id: str
    state: str
    created: str
    since: str
    message: str
    exit_code: int | None
    asked_by: int

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def succeeded(self) -> bool:
        return self.state == SUCCEEDED and not self.exit_code


def is_new(run: Run, labels: Mapping[str, str]) -> bool:
    """Whether it was asked for after the run that the labels report; a report that cannot be read is none."""
    last = reported_moment(labels, names.LAST_START)
    return last is None or moment(run.created) > last


def with_report(labels: Mapping[str, str], run: Run, log: Sequence[str]) -> dict[str, str]:
    """The labels of the job after this run; the last success stays while runs fail."""
    kept = {name: value for name, value in labels.items() if name not in names.REPORT or name == names.LAST_SUCCESS}
    duration = (moment(run.since) - moment(run.created)).total_seconds()
    report = {
        names.LAST_START: run.created,
        names.LAST_END: run.since,
        names.LAST_DURATION: f"{max(duration, 0):.1f}",
        **_figures(log),
    }
    if run.exit_code is not None:
        report[names.LAST_EXIT_CODE] = str(run.exit_code)
    if run.succeeded:
        report[names.LAST_SUCCESS] = run.since
    else:
        report[names.LAST_ERROR] = _error(run, log)
    return {**kept, **report}


def is_late(labels: Mapping[str, str], made: str, now: datetime) -> bool:
    """Whether the last success, or of a job that never had one its making, is longer ago than its schedule allows."""
    allowed = labels.get(names.LATE_AFTER, "")
    if not re.fullmatch(r"[0-9]{1,9}", allowed):
        return False
    last = reported_moment(labels, names.LAST_SUCCESS) or moment(made)
    return now - last > timedelta(seconds=int(allowed))


def moment(text: str) -> datetime:
    """Reads the engine's time stamps; from Python 3.11 on, nanoseconds and offsets included."""
    return datetime.fromisoformat(text)


def reported_moment(labels: Mapping[str, str], name: str) -> datetime | None:
    """The time in a label of the report; None where there is none, or somebody wrote there what is no time."""
    try:
        found = moment(labels[name])
    except (KeyError, ValueError):
        return None
    return found if found.tzinfo else None


def _figures(log: Sequence[str]) -> dict[str, str]:
    """Rows and bytes of the last report line; a line that is no such report says nothing."""
    for line in reversed(log):
        if line.startswith(FIGURES):
            try:
                found = json.loads(line.removeprefix(FIGURES))
            except ValueError:
                return {}
            given = found if isinstance(found, dict) else {}
            wanted = ((names.ROWS, given.get("rows")), (names.BYTES, given.get("bytes")))
            return {name: str(value) for name, value in wanted if type(value) is int}
    return {}


def _error(run: Run, log: Sequence[str]) -> str:
    """One short line: the last that the run wrote, or else Swarm's word. Jobs print no secret."""
    if run.state in STOPPED:
        return WHY_STOPPED
    lines = [CONTROL.sub("", line).strip() for line in log if not line.startswith(FIGURES)]
    said = next((line for line in reversed(lines) if line), "") or run.message or run.state
    return said if len(said) <= LONGEST_ERROR else f"{said[:LONGEST_ERROR]} …"
