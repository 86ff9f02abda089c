"""What a scheduled job runs, and when.

Frozen values only. Apart from the job, because services describe their jobs with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.naming import SwarmStack
from components.service_args import NO_LIMITS, ConfigFile, NetworkAttachment, Resources, SecretFile


@dataclass(frozen=True)
class ScheduledJobArgs:
    """A command that swarm-cronjob starts again and again.

    Attributes:
        docker_host: Address of a manager's engine.
        stack: The group it belongs to; with `name` it makes the service's name and labels.
        schedule: Cron line of five or six fields.
        time_zone: In which the schedule is read.
        command: Replaces the image's entry point.
        wait_seconds: How long an `up` that changes the job waits for a run that is going on.
        late_after_seconds: Without a success for longer the job is late; None: what follows from the schedule.
        user: User inside the container; None is the image's.
    """

    docker_host: str
    stack: SwarmStack
    name: str
    schedule: str
    image: pulumi.Input[str]
    command: Sequence[str]
    networks: Sequence[NetworkAttachment]
    args: pulumi.Input[Sequence[str]] = ()
    time_zone: str = "UTC"
    secrets: Sequence[SecretFile] = ()
    configs: Sequence[ConfigFile] = ()
    placement_constraints: Sequence[str] = ()
    resources: Resources = NO_LIMITS
    wait_seconds: float = 900
    late_after_seconds: int | None = None
    user: str | None = None
