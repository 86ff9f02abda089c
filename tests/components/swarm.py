"""A Swarm for tests, as plain values: services and tasks as the engine would tell of them, and a fake engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from components.placement import Node
from components.rollout_watch import Clock
from components.swarm_state import ServiceSpec, ServiceState, TaskState

START = datetime(2026, 1, 1, tzinfo=UTC)
NEW: JsonValue = {"ContainerSpec": {"Image": "box:2"}}
OLD: JsonValue = {"ContainerSpec": {"Image": "box:1"}}

SERVICE = ServiceState(
    service_id="s1",
    image="box:2",
    spec_digest="new",
    job_digest="",
    replicas=1,
    desired_tasks=1,
    running_tasks=1,
    update_state="",
    update_message="",
    template=NEW,
)
RUNNING = TaskState(
    task_id="t1",
    slot="1",
    node_id="n1",
    state="running",
    desired_state="running",
    since=START,
    created=START,
    message="started",
    exit_code=None,
    container_id="c1",
    template=NEW,
)
FAILED = replace(
    RUNNING, task_id="t0", state="failed", desired_state="shutdown", message="task: non-zero exit (3)", exit_code=3
)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass
class FakeSwarm:
    """An engine whose time is the test's; `script` is asked at every look for service and tasks.

    Attributes:
        seconds: Time since START; moved by the clock's sleep.
        script: Gives the service (None: gone) and its tasks at a time.
        made: Bodies of services that were created.
        removed: Ids of services that were removed.
    """

    script: Callable[[float], tuple[ServiceState | None, Sequence[TaskState]]]
    log: Sequence[str] = ()
    seconds: float = 0
    made: list[Mapping[str, JsonValue]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    volumes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.seconds, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def now(self) -> datetime:
        return at(self.seconds)

    def service(self, name_or_id: str) -> ServiceState | None:
        return self.script(self.seconds)[0]

    def tasks(self, service_id: str) -> list[TaskState]:
        return list(self.script(self.seconds)[1])

    def node_name(self, node_id: str) -> str:
        return f"node-of-{node_id}"

    def nodes(self) -> list[Node]:
        return [Node("box", {"node.role": "manager"}, memory_mib=4096, cores=2)]

    def task_log(self, service_id: str, task_id: str, lines: int) -> list[str]:
        return list(self.log)[-lines:]

    def create_service(self, body: Mapping[str, JsonValue]) -> str:
        self.made.append(body)
        return "s1"

    def spec(self, name_or_id: str) -> ServiceSpec | None:
        return None

    def update_service(self, service_id: str, version: int, spec: Mapping[str, JsonValue]) -> None:
        raise AssertionError("nothing here updates a service")

    def remove_service(self, service_id: str) -> None:
        self.removed.append(service_id)

    def volume_labels(self, name: str) -> Mapping[str, str] | None:
        return self.volumes.get(name)

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        self.volumes[name] = labels

    def run_in_container(self, container_id: str, command: Sequence[str], given: str = "") -> str | None:
        return self.answers.get(container_id)
