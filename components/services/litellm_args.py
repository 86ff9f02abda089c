"""The arguments of the gateway.

Frozen values only. Apart from the component, because its migration job takes them as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components import entrypoint
from components.naming import SwarmStack
from components.service_args import NO_LIMITS, Resources
from components.services import stop_grace
from components.services.database import Database
from components.services.redis_server import RedisServer


@dataclass(frozen=True)
class LitellmArgs:
    """What the gateway is.

    Attributes:
        stack: The Swarm stack it belongs to.
        docker_host: Address of a manager's engine, through which the migration job runs.
        config_yaml: LiteLLM's own configuration; names no secret.
        environment: Variables without secrets.
        secret_environment: Further variables, each of which reaches the container as a secret file.
        redis: What its tasks share; None leaves each to itself.
        internal_network_id: The network on which it answers to its short name. On no other: where foreign stacks join,
            theirs may have the same name, and Docker gives both.
        network_ids: Further networks. One must reach the providers.
        host_port: Port of the node; None publishes none.
        workers: Processes in each task.
        longest_stream_seconds: How long an answer that has begun may go on after the gateway was told to end.
        drain_seconds: How long it serves on before it is told; only without a host port, as with one no other task can
            serve meanwhile.
        interval_seconds: Between two health checks. Short, because a task counts as running only after the first
            good one.
        beginnings: Values of which one changes when the database starts anew. Then the migration runs again, and new
            tasks take the place of those which still hold in memory what the database of before held: for 30 s
            LiteLLM lists credentials, for ever 1.81.12 models, that the database does not have (measured).
        left_out_callbacks: What the database of 1.81.12 may go on naming although `config_yaml` does not; see
            `litellm_migration`.
    """

    stack: SwarmStack
    docker_host: str
    image: pulumi.Input[str]
    config_yaml: pulumi.Input[str]
    master_key: pulumi.Input[str]
    salt_key: pulumi.Input[str]
    database: Database
    internal_network_id: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "litellm"
    environment: Mapping[str, str] = field(default_factory=dict)
    secret_environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    redis: RedisServer | None = None
    host_port: int | None = None
    replicas: int = 1
    workers: int = 1
    interval_seconds: float = 5
    timeout_seconds: float = 5
    retries: int = 6
    start_period_seconds: float = 120
    monitor_seconds: float = 10
    longest_stream_seconds: int = 300
    drain_seconds: int = entrypoint.DRAIN_SECONDS
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    migration_timeout_seconds: float = 300
    beginnings: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    left_out_callbacks: Sequence[str] = ()

    @property
    def redis_passwords(self) -> list[pulumi.Input[str]]:
        """Redis's password, if there is a Redis and it asks for one."""
        return [] if self.redis is None or self.redis.password is None else [self.redis.password]

    @property
    def drains(self) -> bool:
        """Whether another task takes over before this one ends."""
        return self.host_port is None

    @property
    def stop_grace_seconds(self) -> int:
        """From TERM to KILL."""
        drain_seconds = self.drain_seconds if self.drains else 0
        return stop_grace.of_gateway(self.longest_stream_seconds, drain_seconds=drain_seconds)
