"""What the engine says of services and tasks, as the model's values.

Takes the API's JSON, gives `ServiceStatus` and `JobStatus` without their doors. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from components import swarm_state
from components.job_keeper import labels as job_labels
from components.job_keeper.reports import is_late
from components.swarm_state import TaskState
from operations.status.model import JobStatus, ServiceStatus

CREATED = "created"
NOT_YET_RUNNING = frozenset({"new", "pending", "assigned", "accepted", "preparing", "ready", "starting"})
ROUTER_RULE = re.compile(r"traefik\.http\.routers\..+\.rule")
HOST = re.compile(r"Host\(`([^`]+)`\)")

Json = Mapping[str, Any]


def is_scheduled(service: Json) -> bool:
    """Whether it is the service of a scheduled job."""
    return job_labels.JOB in labels_of(service)


def labels_of(service: Json) -> Mapping[str, str]:
    """The labels of a service."""
    return dict(service["Spec"].get("Labels") or {})


def hosts_of(service: Json) -> list[str]:
    """The public host names that Traefik routes to a service, by its labels."""
    rules = [rule for label, rule in labels_of(service).items() if ROUTER_RULE.fullmatch(label)]
    return list(dict.fromkeys(host for rule in rules for host in HOST.findall(rule)))


def service_status(service: Json, tasks: Sequence[Json]) -> ServiceStatus:
    """A service that runs all the time, by the API's words for it and for its tasks."""
    state = swarm_state.service_state(service)
    update = service.get("UpdateStatus") or {}
    wanted = state.desired_tasks if state.replicas is None else state.replicas
    made = swarm_state.moment(service["CreatedAt"])
    told = update.get("CompletedAt") or update.get("StartedAt")
    return ServiceStatus(
        name=service["Spec"]["Name"],
        wanted=wanted or 0,
        running=state.running_tasks or 0,
        image=state.image.partition("@")[0],
        made=made,
        rollout=state.update_state or CREATED,
        rolled_at=swarm_state.moment(told) if told else made,
        health=health(service, [swarm_state.task_state(task) for task in tasks], wanted or 0),
    )


def missing(name: str) -> ServiceStatus:
    """A service that the state has and the engine does not."""
    return ServiceStatus(name, 0, 0, "", None, "gone", None, "not there")


def health(service: Json, tasks: Sequence[TaskState], wanted: int) -> str:
    """How the tasks are: Swarm calls one running only once its health check passed, and ends one that fails it."""
    if wanted == 0:
        return "none wanted"
    asked_for = [task for task in tasks if task.desired_state == "running"]
    running = [task for task in asked_for if task.state == "running"]
    if len(running) >= wanted:
        check = (service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Healthcheck") or {}).get("Test")
        return "healthy" if check and check != ["NONE"] else "runs (no health check)"
    failed = [task for task in tasks if task.ended_badly]
    waiting = [task for task in asked_for if task.state in NOT_YET_RUNNING]
    if failed:
        return f"failing: {max(failed, key=lambda task: task.since).message}"
    return f"{waiting[0].state}: {waiting[0].message}" if waiting else "no task"


def job_status(service: Json, tasks: Sequence[Json], now: datetime) -> JobStatus:
    """A scheduled job, by what its service's labels report."""
    labels = labels_of(service)
    running = any(task["Status"]["State"] in {*NOT_YET_RUNNING, "running"} for task in tasks)
    return JobStatus(
        name=labels[job_labels.JOB],
        service=service["Spec"]["Name"],
        schedule=labels.get(job_labels.SCHEDULE, "none"),
        is_running=running,
        last_start=_moment(labels.get(job_labels.LAST_START)),
        last_success=_moment(labels.get(job_labels.LAST_SUCCESS)),
        duration_seconds=_number(labels.get(job_labels.LAST_DURATION)),
        rows=_whole(labels.get(job_labels.ROWS)),
        bytes=_whole(labels.get(job_labels.BYTES)),
        last_error=labels.get(job_labels.LAST_ERROR),
        is_late=is_late(labels, service["CreatedAt"], now),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else swarm_state.moment(text)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)
