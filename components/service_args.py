"""The arguments of a Swarm service.

Frozen values only; `service.py` makes the resource of them. Apart, because services, jobs and tests share them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi

from components.config import Config
from components.healthcheck import Healthcheck
from components.naming import SwarmStack
from components.secret import Secret
from components.update_order import Order

READABLE_BY_ALL = 0o444


@dataclass(frozen=True)
class NetworkAttachment:
    """A network, and the names under which its other members find this service."""

    network_id: pulumi.Input[str]
    aliases: Sequence[str] = ()


@dataclass(frozen=True)
class SecretFile:
    """A secret as a file in the container.

    Attributes:
        path: Where, such as `/run/secrets/db-password`.
        mode: Permission bits. The file is in memory and seen by this container only.
        uid: Owner, as a number: Swarm resolves no names.
    """

    secret: Secret
    path: str
    mode: int = READABLE_BY_ALL
    uid: str = "0"
    gid: str = "0"


@dataclass(frozen=True)
class ConfigFile:
    """A config as a file in the container."""

    config: Config
    path: str
    mode: int = READABLE_BY_ALL
    uid: str = "0"
    gid: str = "0"


@dataclass(frozen=True)
class Mount:
    """A volume, host path or memory file system in the container.

    Attributes:
        source: The volume's name or the path; None for a memory file system.
        size_mib: Of a memory file system.
    """

    target: str
    source: pulumi.Input[str] | None = None
    kind: Literal["volume", "bind", "tmpfs"] = "volume"
    read_only: bool = False
    size_mib: int | None = None


@dataclass(frozen=True)
class HostPort:
    """A port of the node that runs the task (host mode: client addresses survive, no IPVS is needed)."""

    published: int
    target: int
    protocol: Literal["tcp", "udp"] = "tcp"


@dataclass(frozen=True)
class Resources:
    """What one task may use; None is no limit. Set a limit to a neutral value before you leave it out: the provider
    does not notice that a block is gone."""

    memory_limit_mib: int | None = None
    memory_reservation_mib: int | None = None
    cpu_limit: float | None = None


NO_LIMITS = Resources()


@dataclass(frozen=True)
class Rollout:
    """How Swarm replaces tasks.

    Attributes:
        order: None chooses: start-first, or stop-first with a host port.
        monitor_seconds: A task that fails this soon after its start counts as a failed update.
        failure_action: What Swarm does then.
        over_when_alone: Whether the rollout is over only when no task of before answers any more.
    """

    order: Order | None = None
    monitor_seconds: float = 5
    delay_seconds: float = 0
    parallelism: int = 1
    failure_action: Literal["rollback", "pause", "continue"] = "rollback"
    over_when_alone: bool = False


@dataclass(frozen=True)
class RestartPolicy:
    """When Swarm starts a new task for one that ended; 0 attempts is no limit."""

    condition: Literal["any", "on-failure", "none"] = "any"
    delay_seconds: float = 5
    max_attempts: int = 0
    window_seconds: float = 30


@dataclass(frozen=True)
class ServiceArgs:
    """What a service is.

    Attributes:
        stack: The group it belongs to; with `name` it makes the service's name and labels.
        name: Short name, such as `db`.
        command: Replaces the image's entry point; empty keeps it.
        args: Arguments of the command.
        replicas: Tasks; None runs one on every node that the constraints allow.
        stop_grace_seconds: From TERM to KILL. The provider's own default kills at once.
        stop_signal: Sent in place of TERM; None leaves it to the image.
        labels: Further service labels.
        container_labels: Labels of each task's container; another value starts new tasks.
        init: True puts Docker's tiny init before the command.
    """

    stack: SwarmStack
    name: str
    image: pulumi.Input[str]
    networks: Sequence[NetworkAttachment]
    command: Sequence[str] = ()
    args: Sequence[pulumi.Input[str]] = ()
    secrets: Sequence[SecretFile] = ()
    configs: Sequence[ConfigFile] = ()
    mounts: Sequence[Mount] = ()
    healthcheck: Healthcheck | None = None
    replicas: int | None = 1
    placement_constraints: Sequence[str] = ()
    resources: Resources = NO_LIMITS
    rollout: Rollout = Rollout()
    restart_policy: RestartPolicy = RestartPolicy()
    stop_grace_seconds: float = 30
    stop_signal: str | None = None
    host_ports: Sequence[HostPort] = ()
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    container_labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    user: str | None = None
    hostname: str | None = None
    read_only: bool = False
    init: bool | None = None
    cap_add: Sequence[str] = ()
    cap_drop: Sequence[str] = ()
