"""Judges a rollout from one look at a service and its tasks.

Takes what is wanted, what is there and the time; gives `Done`, `Waiting` or `Failed` with the reason. Apart from the
gate, which only looks again and again: every rule about truth stands here and is tested as a table. Pure.

Swarm alone does not tell the truth: after a roll-back the replica count fits, and a task that dies after the update's
monitor time is simply replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from components.swarm_state import ServiceState, TaskState

# A stop-first update leaves the new task without a place while the old one ends; longer means for ever.
UNPLACEABLE_AFTER = timedelta(seconds=15)
PORT_HELD = "host-mode port already in use"
UPDATING = frozenset({"updating", "rollback_started"})
PAUSED = frozenset({"paused", "rollback_paused"})
ROLLED_BACK = "rollback_completed"
NOWHERE = "no node is allowed to run it"


@dataclass(frozen=True)
class Wanted:
    """A service as the program wants it.

    Attributes:
        replicas: None is one task on every node that is allowed.
        port_wait: How long a task may wait for a port that a task before it, or another service, is about to free.
        alone_within: Swarm calls an update complete while the task of before still ends its requests. Where that one
            must not be asked any more (its key is the old one), its end is waited for, but no longer than this: the
            tasks of a node that is down are called running for a day.
    """

    name: str
    spec_digest: str
    replicas: int | None
    monitor: timedelta
    port_wait: timedelta = UNPLACEABLE_AFTER
    alone_within: timedelta = timedelta()


@dataclass(frozen=True)
class Done:
    """The rollout is finished, and its tasks have stayed healthy."""


@dataclass(frozen=True)
class Waiting:
    """It may still become good. The task, where there is one, is the reason."""

    reason: str
    task: TaskState | None = None


@dataclass(frozen=True)
class Failed:
    """It will not become good by itself."""

    reason: str
    task: TaskState | None = None


Verdict = Done | Waiting | Failed


def judge(
    wanted: Wanted, service: ServiceState | None, tasks: Sequence[TaskState], *, watched_since: datetime, now: datetime
) -> Verdict:
    """Judges one service.

    Args:
        wanted: What the program asked for.
        service: The service as it is; None when it is gone.
        tasks: All its tasks, those that ended as well.
        watched_since: Failures before this moment are of an earlier time and do not count.
        now: The engine's time.
    """
    if service is None:
        return Failed("the service is gone: it was removed while the rollout was watched")
    current = [task for task in tasks if task.template == service.template]
    failures = [task for task in tasks if task.ended_badly and task.since >= watched_since]
    return (
        _unplaceable(wanted, current, now)
        or _service_level(wanted, service, current, failures)
        or _settled(wanted, service, tasks, now)
        or _restarted([task for task in failures if task.template == service.template])
        or _waiting(wanted, service, current, watched_since=watched_since, now=now)
    )


def _unplaceable(wanted: Wanted, current: Sequence[TaskState], now: datetime) -> Verdict | None:
    stuck = [task for task in current if task.unplaceable and now - task.created >= _patience(wanted, task)]
    if not stuck:
        return None
    return Failed(f"a task finds no node: {stuck[0].message}", stuck[0])


def _patience(wanted: Wanted, task: TaskState) -> timedelta:
    return wanted.port_wait if PORT_HELD in task.message else UNPLACEABLE_AFTER


def _service_level(
    wanted: Wanted, service: ServiceState, current: Sequence[TaskState], failures: Sequence[TaskState]
) -> Verdict | None:
    cause = _latest(failures)
    ours = service.spec_digest in ("", wanted.spec_digest)
    if service.update_state in UPDATING:
        # Also with a failure in sight: Swarm finishes its roll-back first, so that the old tasks serve again.
        return Waiting(f"Swarm is at work: {service.update_message or service.update_state}", cause)
    if service.update_state in PAUSED:
        return Failed(f"Swarm paused the update: {service.update_message}", cause)
    if service.update_state == ROLLED_BACK and not (ours and service.spec_digest):
        return _rolled_back(service, current, failures)
    if not ours:
        return Failed("another hand changed the service since this program wrote it", cause)
    if wanted.replicas is not None and service.replicas != wanted.replicas:
        return Failed(f"the server asks for {service.replicas} replicas, this program for {wanted.replicas}")
    return None


def _rolled_back(service: ServiceState, current: Sequence[TaskState], failures: Sequence[TaskState]) -> Verdict:
    cause, reason = _latest(failures), f"Swarm rolled the service back: {service.update_message}"
    count = service.desired_tasks or 0 if service.replicas is None else service.replicas
    fails_again = any(task.template == service.template for task in failures)
    if len(_running(current)) < count and not fails_again:
        # Swarm says so before the task that it brought back has started; the error is told when the old one serves.
        return Waiting(f"{reason}; the task of before is starting", cause)
    return Failed(reason, cause)


def _settled(wanted: Wanted, service: ServiceState, tasks: Sequence[TaskState], now: datetime) -> Verdict | None:
    running = _running([task for task in tasks if task.template == service.template])
    if len(running) < max(_count(wanted, service), 0 if wanted.replicas is not None else 1):
        return None
    age = min((now - task.since for task in running), default=timedelta.max)
    if age < wanted.monitor:
        return None
    ending = [task for task in tasks if task.state == "running" and task not in running]
    return Waiting("a task of before ends its requests", ending[0]) if ending and age < wanted.alone_within else Done()


def _restarted(failures: Sequence[TaskState]) -> Verdict | None:
    cause = _latest(failures)
    return Failed("a task ended while the rollout was watched", cause) if cause else None


def _waiting(
    wanted: Wanted, service: ServiceState, current: Sequence[TaskState], *, watched_since: datetime, now: datetime
) -> Verdict:
    running, count = _running(current), _count(wanted, service)
    if wanted.replicas is None and count == 0:
        # Swarm makes no task, so that none can say that it finds no node.
        is_over = now - watched_since >= UNPLACEABLE_AFTER
        return Failed(NOWHERE) if is_over else Waiting(NOWHERE)
    if len(running) >= count:
        youngest = min(now - task.since for task in running)
        return Waiting(f"healthy for {youngest.total_seconds():.0f} of {wanted.monitor.total_seconds():.0f} s")
    cause = _latest([task for task in current if task.state != "running" and task.desired_state == "running"])
    where = f", one is {cause.state}: {cause.message}" if cause else ""
    return Waiting(f"{len(running)} of {count} tasks are running{where}", cause)


def _count(wanted: Wanted, service: ServiceState) -> int:
    return wanted.replicas if wanted.replicas is not None else service.desired_tasks or 0


def _running(tasks: Sequence[TaskState]) -> list[TaskState]:
    return [task for task in tasks if task.state == "running" and task.desired_state == "running"]


def _latest(tasks: Sequence[TaskState]) -> TaskState | None:
    return max(tasks, key=lambda task: task.since, default=None)
