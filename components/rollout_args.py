"""What a rollout gate watches.

Frozen values only. Apart from the gate, because a Service describes itself with one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

PORT_WAIT_SECONDS = 45.0


@dataclass(frozen=True)
class GatedService:
    """One service as the program wants it.

    Attributes:
        spec_digest: Changes with anything that was asked for; the service carries it as a label.
        replicas: Wanted tasks; None is one on every node that is allowed.
        monitor_seconds: How long a task must have been running and healthy.
        alone_within_seconds: How long a task of before that still ends its requests is waited for.
    """

    service_id: pulumi.Input[str]
    name: str
    spec_digest: pulumi.Input[str]
    image: pulumi.Input[str]
    replicas: int | None = 1
    monitor_seconds: float = 5
    alone_within_seconds: float = 0


@dataclass(frozen=True)
class RolloutGateArgs:
    """The services of one Swarm stack.

    Attributes:
        docker_host: Address of a manager's engine: `unix://`, `tcp://` or `ssh://`.
        deadline_seconds: After this long everything that has not settled has failed.
        port_wait_seconds: How long a task without a place waits for a port of the node that another is about to free.
        secret_values: Generated secrets, so that they can be masked in log lines; those of the stack config are
            known to the gate anyway.
    """

    docker_host: str
    services: Sequence[GatedService]
    deadline_seconds: float = 300
    port_wait_seconds: float = PORT_WAIT_SECONDS
    secret_values: Sequence[pulumi.Input[str]] = ()
