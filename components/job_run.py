"""Runs a one-shot job in the Swarm and waits for its end.

Takes an engine and the job's inputs; gives nothing, or an error with exit code and last log lines. Never two at once:
the job's service name is its lock. What a killed run left behind is waited for when it does the same, and removed.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.docker_engine import SwarmApi
from components.errors import JobFailed
from components.failure_report import describe_task
from components.job_spec import JobInputs, digest, service_body
from components.rollout_verdict import UNPLACEABLE_AFTER
from components.rollout_watch import Clock
from components.swarm_state import ServiceState, TaskState

POLL_SECONDS = 0.5
ENDED = frozenset({"complete", "shutdown", "failed", "rejected", "orphaned", "remove"})


def run(api: SwarmApi, inputs: JobInputs, *, secrets: Sequence[str] = (), clock: Clock | None = None) -> None:
    """Runs the job once with success.

    Raises:
        JobFailed: It ended badly, found no node, took too long, or another job of its name is in the way.
    """
    clock = clock or Clock()
    deadline = clock.monotonic() + inputs.timeout_seconds
    service_id = _adopted(api, inputs, clock, deadline) or api.create_service(service_body(inputs))
    try:
        task, reason = _ended(api, service_id, clock, deadline)
        if reason is None and task is not None and task.state == "complete":
            return
        raise JobFailed(_text(api, inputs, service_id, task, reason or "it ended badly", secrets))
    finally:
        # Also after a failure and a time-out: a leftover would hold networks, secrets and the name.
        api.remove_service(service_id)


def _adopted(api: SwarmApi, inputs: JobInputs, clock: Clock, deadline: float) -> str | None:
    """Deals with a job that is there already; gives its id when it does what we want."""
    found = api.service(inputs.service_name)
    if found is None:
        return None
    if not found.job_digest:
        raise JobFailed(
            f"job {inputs.service_name}: found a service of that name which is no job of this program; "
            "remove or rename it, or choose another namePrefix"
        )
    if found.job_digest == digest(inputs) and not _failed(api, found):
        return found.service_id
    task, _ = _ended(api, found.service_id, clock, deadline)
    if task is None or task.state not in ENDED:
        raise JobFailed(
            f"job {inputs.service_name}: another run of it has not ended after {inputs.timeout_seconds:.0f} s; "
            f"wait for it, or end it with `docker service rm {inputs.service_name}`"
        )
    api.remove_service(found.service_id)
    return None


def _failed(api: SwarmApi, service: ServiceState) -> bool:
    return any(task.ended_badly for task in api.tasks(service.service_id))


def _ended(api: SwarmApi, service_id: str, clock: Clock, deadline: float) -> tuple[TaskState | None, str | None]:
    """Waits for the end; gives the last task, and a reason when it did not end by itself."""
    while True:
        task = max(api.tasks(service_id), key=lambda task: task.created, default=None)
        if task is not None and task.state in ENDED:
            return task, None
        if task is not None and _stuck(api, task):
            return task, f"it finds no node: {task.message}"
        if clock.monotonic() >= deadline:
            return task, "it did not end in time"
        clock.sleep(POLL_SECONDS)


def _stuck(api: SwarmApi, task: TaskState) -> bool:
    return task.unplaceable and api.now() - task.created >= UNPLACEABLE_AFTER


def _text(
    api: SwarmApi, inputs: JobInputs, service_id: str, task: TaskState | None, reason: str, secrets: Sequence[str]
) -> str:
    return "\n".join(
        [
            f"job {inputs.service_name} failed: {reason} (time allowed: {inputs.timeout_seconds:.0f} s)",
            *describe_task(api, service=inputs.service_name, service_id=service_id, task=task, secrets=secrets),
            "  nothing that depends on it was changed; correct the cause and run up again",
        ]
    )
