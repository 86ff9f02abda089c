"""The settings of the scheduled jobs, and of what starts and keeps them. A part of `settings.py`. Pure."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from components import schedule
from stacks.settings_base import Resources, Service, Strict, one_task


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"found {name!r}; allowed are names of the time zone database, such as Europe/Berlin or UTC; correct it"
        ) from error
    return name


CronLine = Annotated[str, AfterValidator(schedule.check)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Keeper(Strict):
    """The job-keeper, which resets and reports the jobs. It runs wherever swarm-cronjob does."""

    CANNOT_BE_SET = one_task("a second one would report each run twice")

    image: str | None = Field(None, min_length=1, description="A Python image instead of the one of imageSource.")
    resources: Resources = Field(Resources(), description="Limits of its task.")


class SwarmCronjob(Service):
    """What starts the scheduled jobs, on a manager."""

    CANNOT_BE_SET = one_task("a second one would start each job twice")

    keeper: Keeper = Field(Keeper(), description="What resets and reports the jobs.")


class DbCleanup(Service):
    """The clean-up of spend logs. Its image is the database's; `image` takes another that has psql."""

    CANNOT_BE_SET = one_task("two runs at once would delete the same rows")

    schedule: CronLine = Field(
        "0 3 * * 0", description="When, as a cron line: five fields, or six with seconds first; Sunday is 0."
    )
    time_zone: TimeZone = Field("UTC", description="Time zone of the schedule, such as Europe/Berlin.")
    retention_days: int = Field(90, ge=1, le=36_500, description="Spend logs older than this are deleted, in days.")
    batch_size: int = Field(10_000, ge=1, le=1_000_000, description="Rows that one transaction deletes.")
    lock_timeout_seconds: float = Field(
        5, gt=0, le=600, description="Longest wait for a lock, in seconds; after it the run has failed."
    )
    statement_timeout_seconds: float = Field(
        60, gt=0, le=3600, description="Longest time of one batch, in seconds; after it the run has failed."
    )
