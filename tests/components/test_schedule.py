"""Cron lines: which swarm-cronjob takes, and when a job of one is late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from components.schedule import check, late_after


@pytest.mark.parametrize(
    "line",
    [
        "0 3 * * 0",
        "*/5 * * * * *",
        "0 0 29 2 *",
        "30 2 1,15 * *",
        "0 3 * jan-MAR mon-fri",
        "0 3 ? * 0-6",
        "5/15 * * * *",
    ],
)
def test_what_swarm_cronjob_takes_is_taken(line: str) -> None:
    assert check(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "",
        "0 3 * *",
        "0 3 * * 7",
        "0 3 * * 1-7",
        "61 * * * *",
        "0 0 30 2 *",
        "0 3 * * L",
        "0 3 * * 5#2",
        "H * * * *",
        "@weekly",
        "CRON_TZ=UTC 0 3 * * 0",
        "0 3 * * fri-mon",
        "30-10 * * * *",
        "*/0 * * * *",
        "0 3 * * sunday",
        "0 0 0 3 * * 0",
    ],
)
def test_what_swarm_cronjob_would_not_take_is_refused_with_what_is_allowed(line: str) -> None:
    with pytest.raises(ValueError, match="allowed are five fields, or six with seconds first") as caught:
        check(line)
    assert repr(line) in str(caught.value)


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("0 3 * * 0", timedelta(days=8)),
        ("0 3 * * *", timedelta(days=2)),
        ("0 */6 * * *", timedelta(hours=12)),
        ("*/5 * * * * *", timedelta(minutes=2)),
        # From Friday's last run to Monday's first, and a day.
        ("* 8-18 * * 1-5", timedelta(days=2, hours=13, minutes=1) + timedelta(days=1)),
        ("0 0 29 2 *", timedelta(days=1461 + 1)),
    ],
)
def test_a_job_is_late_after_the_longest_time_between_two_runs_and_a_grace(line: str, after: timedelta) -> None:
    assert late_after(line) == after
