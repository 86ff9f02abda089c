"""The status as tables for a person. Takes a `Status`, writes it on a console."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from operations import ownership
from operations.status.model import Door, JobStatus, ServiceStatus, Status

UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
# Wide enough for the columns where nobody says how wide it is.
PLAIN_WIDTH = 200


def show(status: Status, console: Console) -> None:
    """Writes tables, what is kept, and last what is not well."""
    console.print(_services(status.services, status.at))
    if status.jobs:
        console.print(_jobs(status.jobs, status.at))
    if status.kept_volumes:
        console.print(escape(ownership.in_words([*status.kept_volumes])), highlight=False, soft_wrap=True)
    problems = status.problems()
    for problem in problems:
        console.print(f"not well: {escape(problem)}", style="red", highlight=False, soft_wrap=True)
    if not problems:
        console.print(f"stack {status.stack}: all is well", style="green", highlight=False)


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago, in its largest unit."""
    return "never" if moment is None else f"{duration(now - moment)} ago"


def duration(time: timedelta) -> str:
    """A time in its largest unit, rounded down."""
    seconds = max(time.total_seconds(), 0)
    unit, length = next(((unit, length) for unit, length in UNITS if seconds >= length), UNITS[-1])
    return f"{int(seconds // length)} {unit}"


def _services(services: Iterable[ServiceStatus], now: datetime) -> Table:
    table = _table("service", "running", "image", "age", "last rollout", "health", "answers")
    for each in services:
        table.add_row(
            each.name,
            f"{each.running} of {each.wanted}",
            escape(each.image),
            "-" if each.made is None else duration(now - each.made),
            f"{each.rollout} {age(each.rolled_at, now)}" if each.rolled_at else each.rollout,
            escape(each.health),
            "\n".join(escape(_door(door, now)) for door in each.doors),
        )
    return table


def _door(door: Door, now: datetime) -> str:
    certificate = ""
    if door.certificate_ends is not None:
        certificate = f", certificate for {duration(door.certificate_ends - now)}"
    return f"{door.url}: {door.answer}{certificate}"


def _jobs(jobs: Iterable[JobStatus], now: datetime) -> Table:
    table = _table("job", "schedule", "last start", "last success", "took", "rows / bytes", "last error", "late")
    for each in jobs:
        table.add_row(
            each.name,
            escape(each.schedule),
            "running now" if each.is_running else age(each.last_start, now),
            age(each.last_success, now),
            "" if each.duration_seconds is None else f"{each.duration_seconds:.1f} s",
            " / ".join(_figures(each)),
            escape(each.last_error or ""),
            "late" if each.is_late else "no",
        )
    return table


def _figures(job: JobStatus) -> Iterator[str]:
    for figure in (job.rows, job.bytes):
        yield "-" if figure is None else f"{figure:,}"


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
