"""When a scheduled job runs: a cron line, as swarm-cronjob takes it, and what follows from it.

Takes the line, says whether it can be used and after which time without a success the job is late. croniter reads more
than swarm-cronjob's parser (`7` for Sunday, `L`, `#`, ranges that turn around), so that is refused before it. Pure.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from croniter import CroniterError, croniter

ALLOWED = (
    "five fields, or six with seconds first, such as 0 3 * * 0 (minute, hour, day of month, month, day of week 0-6): "
    "*, numbers, names, ranges a-b, lists a,b and steps /n"
)
VALUE = r"(?:[0-9]{1,2}|[A-Za-z]{3})"
ELEMENT = re.compile(rf"(?:[*?]|(?P<low>{VALUE})(?:-(?P<high>{VALUE}))?)(?:/[1-9][0-9]?)?")
NAMES = {
    name: number
    for names, first in (("sun mon tue wed thu fri sat", 0), ("jan feb mar apr may jun jul aug sep oct nov dec", 1))
    for number, name in enumerate(names.split(), first)
}
SATURDAY = 6
FIVE, SIX = 5, 6
# Any moment does; that of a test and of a run in ten years must be the same.
BEGINNING = datetime(2025, 1, 1)  # without a zone: the length of a gap needs none
# The rarest day that a line can name is a 29th of February: eight years around 2100.
LOOK_AHEAD = timedelta(days=9 * 366)
MOST_DAYS = 800
DAY = timedelta(days=1)
SHORTEST_GRACE = timedelta(minutes=1)


def check(line: str) -> str:
    """Gives the line back.

    Raises:
        ValueError: swarm-cronjob would not take it, or it names no day that comes.
    """
    fields = line.split()
    if len(fields) not in (FIVE, SIX) or not all(_is_field(field) for field in fields) or _beyond_saturday(fields[-1]):
        raise ValueError(f"found {line!r}; allowed are {ALLOWED}; correct it")
    try:
        _runs(line).get_next()
    except CroniterError as error:
        raise ValueError(f"found {line!r} ({error}); allowed are {ALLOWED}; correct it") from error
    return line


def late_after(line: str) -> timedelta:
    """How long after its last success a job is late: the longest time between two runs, and a grace.

    The grace is another such time, at most a day: who watches a weekly job need not wait a fortnight.
    """
    *_, minute, hour, day, month, weekday = line.split()
    days = _longest_gap(f"0 0 {day} {month} {weekday}", LOOK_AHEAD)
    within = _longest_gap(f"{minute} {hour} * * *", 2 * DAY)
    longest = days - DAY + within
    return longest + min(max(longest, SHORTEST_GRACE), DAY)


def _longest_gap(line: str, ahead: timedelta) -> timedelta:
    runs = _runs(line)
    longest, before = timedelta(0), runs.get_next(datetime)
    last = before + ahead
    for _ in range(MOST_DAYS if ahead > 2 * DAY else 2 * 24 * 60 + 1):
        run = runs.get_next(datetime)
        longest, before = max(longest, run - before), run
        if run >= last:
            break
    return longest


def _runs(line: str) -> croniter:
    return croniter(line, BEGINNING, second_at_beginning=True, max_years_between_matches=9)


def _is_field(field: str) -> bool:
    return all(_is_element(element) for element in field.split(","))


def _is_element(element: str) -> bool:
    found = ELEMENT.fullmatch(element)
    if found is None:
        return False
    low, high = found["low"], found["high"]
    return high is None or _number(low) <= _number(high)


def _beyond_saturday(weekdays: str) -> bool:
    return any(int(number) > SATURDAY for number in re.findall(r"(?<![/0-9])[0-9]+", weekdays))


def _number(value: str) -> int:
    return int(value) if value.isdigit() else NAMES.get(value.lower(), 0)
