"""Redis in the Swarm stack `llmproxy-data`, ours or one run by others; nothing where it is switched off.

Gives the server that the gateway uses and what must be ready before. Says where several tasks of the gateway would each
count for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.rollout import RolloutGate
from components.rollout_args import RolloutGateArgs
from components.service_args import Resources
from components.services.redis import Redis, RedisArgs
from components.services.redis_server import RedisServer
from components.volume import Volume, VolumeArgs
from stacks import derived_secrets, images
from stacks.environment import Environment
from stacks.networks import Networks
from stacks.settings import Settings

STACK = "llmproxy-data"
PASSWORD = "redis-password"  # noqa: S105  a name, no password
ROLLOUT_DEADLINE_SECONDS = 120


@dataclass(frozen=True)
class SharedRedis:
    """What the gateway needs to know; no server where there is none."""

    server: RedisServer | None = None
    ready: Sequence[pulumi.Resource] = ()


def deploy(environment: Environment, networks: Networks, group: pulumi.Resource) -> SharedRedis:
    """Makes Redis, or describes the external one."""
    settings = environment.settings.redis
    warning = counted_apart(environment.settings)
    if warning:
        pulumi.log.warn(f"Pulumi.{environment.stack}.yaml: {environment.project}:settings.{warning}")
    if not settings.enabled:
        return SharedRedis()
    if settings.external is None:
        return _ours(environment, networks, group)
    theirs = settings.external
    # A password of ours means nothing to a server of others: only one that the config gives is sent.
    password = environment.secrets.given.get(PASSWORD)
    server = RedisServer(theirs.host, theirs.port, password, theirs.username or None, theirs.tls, theirs.ca_certificate)
    return SharedRedis(server)


def counted_apart(settings: Settings) -> str | None:
    """What to say where several tasks share nothing; None where they do, or where there is one."""
    if settings.redis.enabled or settings.litellm.replicas == 1:
        return None
    return (
        f"litellm.replicas is {settings.litellm.replicas} and redis.enabled is false: each task counts rate limits and "
        f"budgets for itself, so that a limit holds {settings.litellm.replicas} times over; set redis.enabled to true"
    )


def _ours(environment: Environment, networks: Networks, group: pulumi.Resource) -> SharedRedis:
    settings, ours, stack = environment.settings, environment.settings.redis, environment.swarm_stack(STACK)
    child = pulumi.ResourceOptions(parent=group)
    password = derived_secrets.secret(environment, PASSWORD)
    volume = Volume("redis", VolumeArgs(stack.member("redis"), protect=False, retain=True, labels=stack.labels), child)
    redis = Redis(
        "redis",
        RedisArgs(
            stack=stack,
            image=images.choose(settings, "redis", ours.image),
            password=password,
            volume_name=volume.name,
            network_ids=[networks.internal],
            max_memory_mib=ours.max_memory_mib,
            resources=Resources(**ours.resources.model_dump()),
            placement_constraints=ours.placement_constraints,
        ),
        child,
    )
    args = RolloutGateArgs(settings.docker.host, [redis.gated], ROLLOUT_DEADLINE_SECONDS, secret_values=[password])
    return SharedRedis(redis.server, [RolloutGate("redis", args, child)])
