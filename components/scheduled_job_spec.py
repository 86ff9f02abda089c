"""The Swarm service that a scheduled job is: what is asked for, and what somebody else changed of it.

Takes the job's parsed inputs, gives the body of `POST /services/create`; takes a service as it is, gives what differs.
What swarm-cronjob and the keeper write is no difference: replicas, ForceUpdate and the report labels. Pure of network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from components.job_keeper import labels as names
from components.job_spec import TaskInputs, task_template
from components.naming import PROJECT_LABEL, STACK_LABEL
from components.swarm_state import Json, ServiceSpec

MIB = 1024 * 1024
NANO_CPUS = 1_000_000_000
TASK = "TaskTemplate"
WRITTEN_BY_OTHERS = frozenset({(TASK, "ForceUpdate"), ("Mode", "Replicated", "Replicas")})
# swarm-cronjob reads the zone before the line, so that each job has its own.
ZONE_PREFIX = "CRON_TZ="


class ScheduledJobInputs(TaskInputs):
    """Everything that a scheduled job is; a limit of 0 is none.

    Attributes:
        changed_by_hand: Wanted empty; a refresh puts in what differs on the engine, as JSON by place.
    """

    job: str
    schedule: str
    time_zone: str
    late_after_seconds: int
    memory_limit_mib: int
    memory_reservation_mib: int
    cpu_limit: float
    wait_seconds: float
    changed_by_hand: dict[str, str]


def service_body(inputs: ScheduledJobInputs) -> dict[str, JsonValue]:
    """Gives the service: no task, until somebody asks for one."""
    return {
        "Name": inputs.service_name,
        "Labels": {**inputs.labels, **_labels(inputs)},
        TASK: {**task_template(inputs), "Resources": _resources(inputs)},
        "Mode": {"Replicated": {"Replicas": 0}},
        # A failed run would pause the service's updates, and a run is started by one.
        "UpdateConfig": {"Parallelism": 1, "FailureAction": "continue", "Order": "stop-first"},
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def is_ours(live: ServiceSpec, inputs: ScheduledJobInputs) -> bool:
    """Whether its labels say that it is this job, made by this project and stack."""
    wanted = service_body(inputs)["Labels"]
    own = (names.JOB, PROJECT_LABEL, STACK_LABEL)
    return isinstance(wanted, dict) and all(live.labels.get(name) == wanted.get(name) for name in own)


def differences(wanted: Json, live: Json) -> dict[str, JsonValue]:
    """What differs, by its place: the live value, or None where there is none. What is empty is not there."""
    there, asked = dict(_leaves(live)), dict(_leaves(wanted))
    return {
        ".".join(place): there.get(place)
        for place in sorted({*there, *asked})
        if there.get(place) != asked.get(place) and not _by_others(place)
    }


def in_words(found: Mapping[str, JsonValue], defaults: Mapping[str, str]) -> dict[str, str]:
    """Differences as a state keeps them, without the defaults that this engine filled in."""
    told = {place: json.dumps(value) for place, value in found.items()}
    return {place: text for place, text in told.items() if defaults.get(place) != text}


def changes_task(found: Mapping[str, JsonValue] | Mapping[str, str]) -> bool:
    """Whether Swarm would start a task for one of these differences while replicas are wanted."""
    return any(place.startswith(f"{TASK}.") for place in found)


def merged(wanted: Json, live: ServiceSpec, *, replicas: int) -> dict[str, JsonValue]:
    """The spec to write: what is asked for, with the report and the counter of runs that are there."""
    labels, task = wanted["Labels"], wanted[TASK]
    live_task = live.spec.get(TASK)
    if not isinstance(labels, dict) or not isinstance(task, dict) or not isinstance(live_task, dict):
        raise TypeError("a service without labels and task template")
    report = {name: value for name, value in live.labels.items() if name in names.REPORT}
    return {
        **wanted,
        "Labels": {**labels, **report},
        TASK: {**task, "ForceUpdate": live_task.get("ForceUpdate", 0)},
        "Mode": {"Replicated": {"Replicas": replicas}},
    }


def _labels(inputs: ScheduledJobInputs) -> dict[str, JsonValue]:
    return {
        names.JOB: inputs.job,
        names.SCHEDULE: inputs.schedule,
        names.TIME_ZONE: inputs.time_zone,
        names.LATE_AFTER: str(inputs.late_after_seconds),
        "swarm.cronjob.enable": "true",
        "swarm.cronjob.schedule": f"{ZONE_PREFIX}{inputs.time_zone} {inputs.schedule}",
        "swarm.cronjob.skip-running": "true",
        "swarm.cronjob.replicas": "1",
    }


def _resources(inputs: ScheduledJobInputs) -> dict[str, JsonValue]:
    return {
        "Limits": {
            "MemoryBytes": inputs.memory_limit_mib * MIB,
            "NanoCPUs": round(inputs.cpu_limit * NANO_CPUS),
        },
        "Reservations": {"MemoryBytes": inputs.memory_reservation_mib * MIB},
    }


def _leaves(value: JsonValue | Json, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    """Every value that is not empty, by its place."""
    if isinstance(value, Mapping):
        parts = [(str(key), part) for key, part in value.items()]
    elif isinstance(value, list):
        parts = [(str(index), part) for index, part in enumerate(value)]
    else:
        if value:
            yield place, value
        return
    for key, part in parts:
        yield from _leaves(part, (*place, key))


def _by_others(place: tuple[str, ...]) -> bool:
    return place in WRITTEN_BY_OTHERS or (place[0] == "Labels" and place[-1] in names.REPORT)
