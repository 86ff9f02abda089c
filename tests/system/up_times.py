"""How long an `up` took, and how long the slowest of its services, as Swarm tells of these.

A service's time is from its creation until its last task runs, which is when Swarm has seen it healthy; what the gate
watches on after that counts as the `up`'s own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tests.system.installation import docker

BUDGET_SECONDS = 60
# What the gateway, always the slowest, takes to start on two cores that nobody else uses.
QUIET_SECONDS = 20


@dataclass(frozen=True)
class UpTimes:
    """The times of one `up`, in seconds.

    Attributes:
        whole: From typing it to its end.
        services: Each service's own time.
    """

    whole: float
    services: dict[str, float]

    @property
    def slowest(self) -> float:
        return max(self.services.values())

    @property
    def allowed(self) -> float:
        """The slowest service plus the budget, which grows as much as a busy machine slows that service down."""
        return self.slowest + BUDGET_SECONDS * max(1.0, self.slowest / QUIET_SECONDS)


def of_services(prefix: str) -> dict[str, float]:
    """The time of each service that runs, by name."""
    names = docker("service", "ls", "--format", "{{.Name}}").split()
    listed = json.loads(docker("service", "inspect", *(name for name in names if name.startswith(prefix))))
    return {
        service["Spec"]["Name"]: (max(running) - _moment(service["CreatedAt"])).total_seconds()
        for service in listed
        if (running := _running_since(service["Spec"]["Name"]))
    }


def _running_since(service: str) -> list[datetime]:
    tasks = docker("service", "ps", "-q", service).split()
    found = json.loads(docker("inspect", "--type", "task", *tasks)) if tasks else []
    return [_moment(task["Status"]["Timestamp"]) for task in found if task["Status"]["State"] == "running"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
