"""How the jobs are told: Prometheus text for Netdata and its alarms, JSON for people and `make status`.

Takes what the keeper saw and the time, gives texts. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from . import labels as names
from .keeper import Job
from .reports import is_late, reported_moment


def _moment(label: str) -> Callable[[Mapping[str, str]], float | None]:
    def value(labels: Mapping[str, str]) -> float | None:
        found = reported_moment(labels, label)
        return found.timestamp() if found else None

    return value


def _number(label: str) -> Callable[[Mapping[str, str]], float | None]:
    def value(labels: Mapping[str, str]) -> float | None:
        try:
            return float(labels[label])
        except (KeyError, ValueError):
            # Nobody reported it, or somebody wrote by hand what is no number.
            return None

    return value


FROM_LABELS: tuple[tuple[str, str, Callable[[Mapping[str, str]], float | None]], ...] = (
    ("last_start_timestamp_seconds", "When the last run was asked for.", _moment(names.LAST_START)),
    ("last_end_timestamp_seconds", "When the last run ended.", _moment(names.LAST_END)),
    ("last_success_timestamp_seconds", "When a run last ended with success.", _moment(names.LAST_SUCCESS)),
    ("last_duration_seconds", "How long the last run took, from being asked for.", _number(names.LAST_DURATION)),
    ("last_exit_code", "Exit code of the last run.", _number(names.LAST_EXIT_CODE)),
    ("rows", "Rows that the last run reported.", _number(names.ROWS)),
    ("bytes", "Bytes that the last run reported.", _number(names.BYTES)),
    ("late_after_seconds", "How old the last success may be.", _number(names.LATE_AFTER)),
)


def has_failed(job: Job) -> bool:
    """Whether its last run failed."""
    return names.LAST_ERROR in job.labels


def metrics(jobs: Sequence[Job], *, looked: float, now: datetime) -> str:
    """Prometheus text."""
    lines: list[str] = []
    for name, text, value in FROM_LABELS:
        lines += _metric(f"llmproxy_job_{name}", text, {job.name: value(job.labels) for job in jobs})
    lines += _metric("llmproxy_job_running", "1 while a run is going on.", {job.name: job.running for job in jobs})
    lines += _metric("llmproxy_job_failed", "1 if the last run failed.", {job.name: has_failed(job) for job in jobs})
    late = {job.name: is_late(job.labels, job.made, now) for job in jobs}
    lines += _metric("llmproxy_job_late", "1 if the last success is too long ago, or there never was one.", late)
    looks = "llmproxy_job_keeper_last_look_timestamp_seconds"
    lines += [f"# HELP {looks} When the keeper last saw the engine.", f"# TYPE {looks} gauge", f"{looks} {looked:.3f}"]
    return "\n".join(lines) + "\n"


def jobs_json(jobs: Sequence[Job], *, now: datetime) -> str:
    """Each job with its report, as JSON."""
    return json.dumps(
        [
            {
                "job": job.name,
                "service": job.service,
                "schedule": job.labels.get(names.SCHEDULE),
                "running": job.running,
                "late": is_late(job.labels, job.made, now),
                "failed": has_failed(job),
                **{name.removeprefix(f"{names.JOB}."): job.labels[name] for name in _reported(job)},
            }
            for job in jobs
        ],
        indent=2,
    )


def _reported(job: Job) -> list[str]:
    return sorted(names.REPORT & job.labels.keys())


def _metric(name: str, text: str, values: Mapping[str, float | None]) -> list[str]:
    """One metric of every job that has it."""
    found = [f'{name}{{job="{job}"}} {float(value):.15g}' for job, value in values.items() if value is not None]
    return [f"# HELP {name} {text}", f"# TYPE {name} gauge", *found] if found else []
