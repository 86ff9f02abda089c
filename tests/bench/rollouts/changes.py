"""One change of a running installation under load, and what became of the requests meanwhile.

Takes the load, an action and when its end is; gives the figures of one row. A change ends when the tasks that it
replaced are gone, as they still serve the streams that they have begun.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.bench.rollouts.load import Asked, Load
from tests.system.installation import docker, until

# After it everything that the change can have failed has failed.
AFTERWARDS_SECONDS = 5
GONE_SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """What one change did to the load.

    Attributes:
        what: The change, in words.
        seconds: How long the command took that made it.
        asked: The requests and streams that ended while it went on.
    """

    what: str
    seconds: float
    asked: list[Asked]

    @property
    def answered(self) -> int:
        return sum(not one.stream and not one.failure for one in self.asked)

    @property
    def streamed(self) -> int:
        return sum(one.stream and not one.failure for one in self.asked)

    @property
    def failures(self) -> list[Asked]:
        return [one for one in self.asked if one.failure]

    @property
    def failed(self) -> int:
        return sum(not one.stream for one in self.failures)

    @property
    def cut(self) -> int:
        return sum(one.stream for one in self.failures)

    @property
    def outage_seconds(self) -> float:
        """From the first request that failed to the last one."""
        began = [one.began for one in self.failures if not one.stream]
        return max(began) - min(began) if began else 0.0

    @property
    def slowest_seconds(self) -> float:
        """Of the requests that were answered."""
        return max((one.ended - one.began for one in self.asked if not one.stream and not one.failure), default=0.0)


def measured(load: Load, what: str, change: Callable[[], object], over: Callable[[], object]) -> Outcome:
    """Makes a change, waits until it is over, and gives what became of the requests."""
    began = time.monotonic()
    change()
    seconds = time.monotonic() - began
    over()
    time.sleep(AFTERWARDS_SECONDS)
    return Outcome(what, seconds, load.between(began, time.monotonic()))


def only_wanted_tasks(service: str, tasks: int) -> None:
    """Waits until the tasks that were replaced are gone; the service by its name in the Swarm."""
    name = f"label=com.docker.swarm.service.name={service}"
    until(lambda: len(docker("ps", "-q", "--filter", name).split()) == tasks, seconds=GONE_SECONDS)


def markdown(outcomes: Iterable[Outcome]) -> str:
    """The table for the README."""
    head = "| change | command | answered | failed | streams ended | cut | slowest answer | outage |\n"
    rows = [
        f"| {one.what} | {one.seconds:.0f} s | {one.answered} | {one.failed} | {one.streamed} | {one.cut} "
        f"| {one.slowest_seconds:.1f} s | {f'{one.outage_seconds:.0f} s' if one.failed else '–'} |"
        for one in outcomes
    ]
    return "\n".join([head + "|---|---|---|---|---|---|---|---|", *rows])
