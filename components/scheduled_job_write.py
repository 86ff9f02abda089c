"""Brings the service of a scheduled job to what is asked for, without starting, stopping or repeating a run.

Takes an engine and the job's inputs, gives the defaults that the engine filled in. swarm-cronjob and the keeper write
the same service: an update that came too late is tried again. A changed task is written only while nothing runs, with
replicas 0, since Swarm starts a task for each change while replicas are wanted; labels are written at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from components.docker_engine import SwarmApi
from components.errors import ChangedMeanwhile, JobFailed
from components.job_run import ENDED
from components.rollout_watch import Clock
from components.scheduled_job_spec import (
    ScheduledJobInputs,
    changes_task,
    differences,
    in_words,
    is_ours,
    merged,
    service_body,
)
from components.swarm_state import ServiceSpec

POLL_SECONDS = 1.0
PROGRESS_SECONDS = 15.0
# A run that is over is reported within seconds; a keeper that is not there must not hold up the change.
REPORT_SECONDS = 20.0
ATTEMPTS = 20


def write(
    api: SwarmApi,
    inputs: ScheduledJobInputs,
    *,
    defaults: Mapping[str, str],
    clock: Clock | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, str]:
    """Makes the job, adopts it, or changes it; gives the engine's defaults, by place.

    Args:
        api: The engine.
        inputs: What is asked for.
        defaults: What the engine filled in at the last write; empty for a job that is new or adopted.
        clock: Time; None is the real one.
        say: Where a line about a wait goes.

    Raises:
        JobFailed: A foreign service has its name, its run does not end, or others change it all the time.
    """
    clock = clock or Clock()
    body = service_body(inputs)
    for _ in range(ATTEMPTS):
        live = api.spec(inputs.service_name)
        if live is None:
            api.create_service(body)
            return _defaults(api, inputs)
        if not is_ours(live, inputs):
            raise JobFailed(foreign(inputs.service_name))
        found = in_words(differences(body, live.spec), defaults)
        if not found:
            return dict(defaults)
        try:
            _change(api, inputs, live, task=changes_task(found), clock=clock, say=say)
        except ChangedMeanwhile:
            clock.sleep(POLL_SECONDS)
        else:
            return _defaults(api, inputs)
    raise JobFailed(
        f"job {inputs.service_name}: {ATTEMPTS} changes of it were refused, as others changed it at the same time; "
        "look who does (docker events --filter type=service) and run up again"
    )


def foreign(service_name: str) -> str:
    """What is said of a service that has the job's name."""
    return (
        f"job {service_name}: found a service of that name which is not this job of this stack; "
        "remove or rename it, or choose another namePrefix"
    )


def _change(
    api: SwarmApi,
    inputs: ScheduledJobInputs,
    live: ServiceSpec,
    *,
    task: bool,
    clock: Clock,
    say: Callable[[str], None],
) -> None:
    """Writes what is asked for; of a changed task only when nothing runs."""
    replicas = live.replicas
    if task:
        live, replicas = _at_rest(api, inputs, live, clock, say), 0
    api.update_service(live.service_id, live.version, merged(service_body(inputs), live, replicas=replicas))


def _defaults(api: SwarmApi, inputs: ScheduledJobInputs) -> dict[str, str]:
    """What the engine has filled in, right after a write."""
    live = api.spec(inputs.service_name)
    return {} if live is None else in_words(differences(service_body(inputs), live.spec), {})


def _at_rest(
    api: SwarmApi, inputs: ScheduledJobInputs, live: ServiceSpec, clock: Clock, say: Callable[[str], None]
) -> ServiceSpec:
    """Waits until no run is going on, asked for or not yet reported; gives the service as it is then."""
    began = spoke = clock.monotonic()
    over_since: float | None = None
    while live.replicas:
        now = clock.monotonic()
        if _is_going_on(api, live):
            over_since = None
            if now - began >= inputs.wait_seconds:
                raise JobFailed(_still_running(inputs))
        else:
            over_since = now if over_since is None else over_since
            if now - over_since >= REPORT_SECONDS:
                break
        if now - spoke >= PROGRESS_SECONDS:
            spoke = now
            say(f"job {inputs.service_name}: waiting for the end of its run before it is changed ({now - began:.0f} s)")
        clock.sleep(POLL_SECONDS)
        found = api.spec(inputs.service_name)
        if found is None:
            raise ChangedMeanwhile(f"service {inputs.service_name}: it was removed while its run was waited for")
        live = found
    return live


def _is_going_on(api: SwarmApi, live: ServiceSpec) -> bool:
    """Whether a task has not ended; one that finds no node never begins, and a change may be what helps it."""
    return any(task.state not in ENDED and not task.unplaceable for task in api.tasks(live.service_id))


def _still_running(inputs: ScheduledJobInputs) -> str:
    return (
        f"job {inputs.service_name}: its run has not ended after {inputs.wait_seconds:.0f} s, and a change would stop "
        f"it; wait for it and run up again, or end it with `docker service scale {inputs.service_name}=0`"
    )
