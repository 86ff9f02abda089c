"""What there is to say of an installation, and what of it is not well.

Takes typed values, gives problems in words and plain JSON. Pure: no engine, no network, and the time is an argument.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue
from pydantic.alias_generators import to_camel

# Swarm's words for a rollout that stands still; one that was rolled back serves what it served before.
STUCK = frozenset({"paused", "rollback_paused"})
CERTIFICATE_ENDS_SOON = timedelta(days=14)


@dataclass(frozen=True)
class Door:
    """How a service answers from outside.

    Attributes:
        url: Where it was asked.
        answer: HTTP status, or why there was none.
        is_well: Whether the service itself answered.
        certificate_ends: When the certificate that was shown ends; None without TLS.
        distrust: Why a browser would refuse the certificate; None where it would not.
    """

    url: str
    answer: str
    is_well: bool
    certificate_ends: datetime | None = None
    distrust: str | None = None

    def problems(self, now: datetime) -> Iterator[str]:
        """What is not well, in words."""
        if not self.is_well:
            yield f"{self.url}: {self.answer}"
        if self.distrust is not None:
            yield f"{self.url}: its certificate is not trusted here: {self.distrust}"
        if self.certificate_ends is not None and self.certificate_ends - now < CERTIFICATE_ENDS_SOON:
            yield f"{self.url}: its certificate ends on {self.certificate_ends:%Y-%m-%d}"


@dataclass(frozen=True)
class ServiceStatus:
    """A service that runs all the time.

    Attributes:
        name: In the Swarm.
        wanted: Tasks that should run.
        running: Tasks that do.
        image: Without its digest.
        made: When the service was made; None for one that is not there.
        rollout: Swarm's word for the last change; `created` where there was none since.
        rolled_at: When that was over, or began where it is going on.
        health: In words.
        doors: Its public host names and published ports.
    """

    name: str
    wanted: int
    running: int
    image: str
    made: datetime | None
    rollout: str
    rolled_at: datetime | None
    health: str
    doors: tuple[Door, ...] = ()

    def problems(self, now: datetime) -> Iterator[str]:
        """What is not well, in words."""
        if self.made is None:
            yield f"{self.name}: not there, though the state of the stack has it"
            return
        if self.running < self.wanted:
            yield f"{self.name}: {self.running} of {self.wanted} running ({self.health})"
        if self.rollout in STUCK:
            yield f"{self.name}: its rollout is {self.rollout}"
        for door in self.doors:
            yield from (f"{self.name}: {problem}" for problem in door.problems(now))


@dataclass(frozen=True)
class JobStatus:
    """A scheduled job.

    Attributes:
        service: Its Swarm name.
        last_success: When a run last ended well; None: never.
        duration_seconds: Of the last run.
        rows: That the last run reported.
        bytes: Likewise.
        last_error: Of the last run; None where it ended well.
        is_late: The last success is longer ago than the schedule allows; of one that never had any, its making.
    """

    name: str
    service: str
    schedule: str
    is_running: bool
    last_start: datetime | None
    last_success: datetime | None
    duration_seconds: float | None
    rows: int | None
    bytes: int | None
    last_error: str | None
    is_late: bool

    def problems(self) -> Iterator[str]:
        """What is not well, in words."""
        if self.is_late:
            last = "never yet" if self.last_success is None else f"on {self.last_success:%Y-%m-%d %H:%M} UTC"
            yield f"job {self.name}: late; it last ended well {last} (schedule {self.schedule})"
        if self.last_error is not None:
            yield f"job {self.name}: its last run failed: {self.last_error}"


@dataclass(frozen=True)
class Status:
    """The whole installation at one time."""

    stack: str
    at: datetime
    services: tuple[ServiceStatus, ...]
    jobs: tuple[JobStatus, ...] = ()
    kept_volumes: tuple[str, ...] = field(default=())

    def problems(self) -> list[str]:
        """All that is not well; empty when everything is."""
        if not self.services:
            return [f"stack {self.stack}: nothing of it is there; make up brings it up"]
        of_services = [problem for service in self.services for problem in service.problems(self.at)]
        return of_services + [problem for job in self.jobs for problem in job.problems()]

    def as_json(self) -> Mapping[str, JsonValue]:
        """The same as plain JSON, names in camelCase, times in ISO 8601."""
        plain = _plain(asdict(self))
        return {**(plain if isinstance(plain, dict) else {}), "problems": list[JsonValue](self.problems())}


def _plain(value: object) -> JsonValue:
    if isinstance(value, dict):
        return {to_camel(str(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
