"""What the engine says about services and tasks, as typed values.

Takes the API's JSON, gives frozen `ServiceState` and `TaskState`. Apart, so that all that is decided from them is
decided on plain values. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from components.naming import JOB_DIGEST_LABEL, SPEC_DIGEST_LABEL

Json = Mapping[str, JsonValue]
ENDED_BADLY = frozenset({"failed", "rejected", "orphaned"})


@dataclass(frozen=True)
class ServiceState:
    """A service as it is now.

    Attributes:
        spec_digest: The label that its maker gave it; empty for a service that is not ours.
        job_digest: Likewise, of a one-shot job.
        replicas: Wanted tasks of a replicated service; None for a global one.
        desired_tasks: Tasks that Swarm wants to run now; None when the engine does not tell.
        update_state: Swarm's word, such as `rollback_completed`; empty when there was no update.
        template: The task template; tasks made from an older one are of an older version.
    """

    service_id: str
    image: str
    spec_digest: str
    job_digest: str
    replicas: int | None
    desired_tasks: int | None
    running_tasks: int | None
    update_state: str
    update_message: str
    template: JsonValue


@dataclass(frozen=True)
class NetworkState:
    """A network.

    Attributes:
        scope: `swarm` where services can join it, `local` for one of a single machine.
    """

    network_id: str
    driver: str
    scope: str


@dataclass(frozen=True)
class TaskState:
    """One task of a service.

    Attributes:
        slot: Number of the replica; for a global service the node.
        since: When it came into its state.
        message: What Swarm says of it, with the error if there is one.
        template: The task template it was made from.
    """

    task_id: str
    slot: str
    node_id: str
    state: str
    desired_state: str
    since: datetime
    created: datetime
    message: str
    exit_code: int | None
    container_id: str
    template: JsonValue

    @property
    def ended_badly(self) -> bool:
        return self.state in ENDED_BADLY

    @property
    def unplaceable(self) -> bool:
        return self.state == "pending" and "no suitable node" in self.message


@dataclass(frozen=True)
class ServiceSpec:
    """All that was asked of a service, as it has to be given back in an update.

    Attributes:
        version: Every update by anybody makes it another one.
    """

    service_id: str
    version: int
    spec: Json

    @property
    def labels(self) -> dict[str, str]:
        return {key: _text(value) for key, value in _object(self.spec.get("Labels")).items()}

    @property
    def replicas(self) -> int:
        return _number(_object(_object(self.spec.get("Mode")).get("Replicated")).get("Replicas")) or 0


def service_spec(document: Json) -> ServiceSpec:
    """Reads what was asked of one service of the API."""
    version = _number(_object(document.get("Version")).get("Index")) or 0
    return ServiceSpec(_text(document.get("ID")), version, _object(document.get("Spec")))


def service_state(document: Json) -> ServiceState:
    """Reads one service of the API, as listed with its task counts."""
    spec = _object(document.get("Spec"))
    template, labels = _object(spec.get("TaskTemplate")), _object(spec.get("Labels"))
    update = _object(document.get("UpdateStatus"))
    counts = _object(document.get("ServiceStatus"))
    replicated = _object(_object(spec.get("Mode")).get("Replicated"))
    return ServiceState(
        service_id=_text(document.get("ID")),
        image=_text(_object(template.get("ContainerSpec")).get("Image")),
        spec_digest=_text(labels.get(SPEC_DIGEST_LABEL)),
        job_digest=_text(labels.get(JOB_DIGEST_LABEL)),
        replicas=_number(replicated.get("Replicas")),
        desired_tasks=_number(counts.get("DesiredTasks")),
        running_tasks=_number(counts.get("RunningTasks")),
        update_state=_text(update.get("State")),
        update_message=_text(update.get("Message")),
        template=_comparable(template),
    )


def task_state(document: Json) -> TaskState:
    """Reads one task of the API."""
    status = _object(document.get("Status"))
    container = _object(status.get("ContainerStatus"))
    node_id = _text(document.get("NodeID"))
    return TaskState(
        task_id=_text(document.get("ID")),
        slot=str(_number(document.get("Slot")) or node_id),
        node_id=node_id,
        state=_text(status.get("State")),
        desired_state=_text(document.get("DesiredState")),
        since=moment(_text(status.get("Timestamp"))),
        created=moment(_text(document.get("CreatedAt"))),
        message=_text(status.get("Err")) or _text(status.get("Message")),
        exit_code=_number(container.get("ExitCode")),
        container_id=_text(container.get("ContainerID")),
        template=_comparable(_object(document.get("Spec"))),
    )


def moment(text: str) -> datetime:
    """Reads the engine's time stamps; they carry nanoseconds, and local offsets on some engines."""
    whole, _, rest = text.partition(".")
    if not rest:
        return datetime.fromisoformat(text)
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return datetime.fromisoformat(f"{whole}.{digits[:6].ljust(6, '0')}{rest[len(digits) :]}").astimezone(UTC)


def _comparable(template: Json) -> dict[str, JsonValue]:
    # Swarm's own test for "made from this template" is equality; the API fills Runtime in for services only.
    return {key: value for key, value in template.items() if key != "Runtime"}


def _object(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _number(value: JsonValue) -> int | None:
    return int(value) if isinstance(value, int | float) else None
