"""Looks at the whole installation once: the engine's services, tasks and volumes, and every door.

Takes a client of the engine, settings and what the state knows; gives a `Status`. Works for a remote engine as well,
as nothing but its API and the published ports are asked.
"""

import dataclasses
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import docker

from operations import ownership
from operations.locations import PROJECT
from operations.ownership import JOB_LABEL, NAMESPACE_LABEL, PROJECT_LABEL, STACK_LABEL, SWARM_STACKS
from operations.status import doors
from operations.status.engine_words import Json, is_scheduled, job_status, labels_of, missing, service_status
from operations.status.model import ServiceStatus, Status
from stacks.settings import Settings


def look(
    client: docker.DockerClient,
    settings: Settings,
    stack: str,
    *,
    known: Collection[str],
    authority: Path,
    now: datetime,
) -> Status:
    """The installation as it is.

    Args:
        client: Of the engine; a manager.
        settings: Of the stack.
        stack: Its name.
        known: The Swarm names of the services that the state has.
        authority: The file of dev's own certificate authority, which is trusted besides the system's.
        now: The time.
    """
    services = _services(client, settings.name_prefix, stack)
    tasks = _tasks(client, services)
    lasting = [each for each in services if not is_scheduled(each)]
    opened = doors.ask_all(doors.addresses(lasting, settings, authority))
    found = [service_status(each, tasks[each["ID"]]) for each in lasting]
    with_doors = [dataclasses.replace(each, doors=opened[each.name]) for each in found]
    there = {each["Spec"]["Name"] for each in services}
    gone = [missing(name) for name in sorted(set(known) - there)]
    return Status(
        stack=stack,
        at=now,
        services=tuple(sorted([*with_doors, *gone], key=_by_swarm_stack)),
        jobs=tuple(job_status(each, tasks[each["ID"]], now) for each in services if is_scheduled(each)),
        kept_volumes=tuple(ownership.without_service(client, settings.name_prefix, stack)),
    )


def _services(client: docker.DockerClient, prefix: str, stack: str) -> list[Json]:
    """The services of a stack with their task counts; one-shot jobs of a run are none that is wanted to be there."""
    ours = [f"{PROJECT_LABEL}={PROJECT}", f"{STACK_LABEL}={stack}"]
    listed: list[Json] = client.api.services(filters={"label": ours}, status=True)  # type: ignore[no-untyped-call]  # the stubs leave it out
    namespaces = {f"{prefix}{swarm_stack}" for swarm_stack in SWARM_STACKS}
    labels = ((each, labels_of(each)) for each in listed)
    return [each for each, of in labels if of.get(NAMESPACE_LABEL) in namespaces and JOB_LABEL not in of]


def _tasks(client: docker.DockerClient, services: list[Json]) -> dict[str, list[Json]]:
    """The tasks of each service by its id."""
    found: dict[str, list[Json]] = {each["ID"]: [] for each in services}
    if found:
        for task in client.api.tasks(filters={"service": [*found]}):  # type: ignore[no-untyped-call]  # the stubs leave it out
            found.setdefault(task["ServiceID"], []).append(task)
    return found


def _by_swarm_stack(service: ServiceStatus) -> tuple[int, str]:
    """Services of one Swarm stack stand together, in the order in which the stacks are made."""
    places = [index for index, stack in enumerate(SWARM_STACKS) if f"{stack}_" in service.name]
    return (max(places, default=len(SWARM_STACKS)), service.name)
