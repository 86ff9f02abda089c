"""What a one-shot job runs.

Frozen values only. Apart from the job, because services describe their jobs with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.naming import SwarmStack
from components.service_args import ConfigFile, NetworkAttachment, SecretFile


@dataclass(frozen=True)
class JobArgs:
    """A command that must end with success before anything that depends on it is made.

    Attributes:
        docker_host: Address of a manager's engine.
        stack: The group it belongs to; with `name` it makes the job's service name and labels.
        command: Replaces the image's entry point.
        timeout_seconds: After this long it is stopped and has failed.
        triggers: Values of which each change runs the job again, as a change of any other argument does.
        secret_values: Generated secrets, so that they can be masked in log lines.
        user: User inside the container; None is the image's.
    """

    docker_host: str
    stack: SwarmStack
    name: str
    image: pulumi.Input[str]
    command: Sequence[str]
    networks: Sequence[NetworkAttachment]
    args: Sequence[str] = ()
    secrets: Sequence[SecretFile] = ()
    configs: Sequence[ConfigFile] = ()
    placement_constraints: Sequence[str] = ()
    timeout_seconds: float = 300
    triggers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secret_values: Sequence[pulumi.Input[str]] = ()
    user: str | None = None
