"""Redis, what several tasks of the gateway share: rate limits, cool-downs and, if wished, answers.

Takes image, password and a volume; gives the service and the address that the gateway uses. Written for the official
image (and ours, which keeps its paths). What it holds is of minutes, so the volume is a convenience: after a restart
the limits of the running minute still count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components.healthcheck import Healthcheck
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, Mount, NetworkAttachment, Resources, Rollout, ServiceArgs
from components.service_files import ServiceFiles, secret_path
from components.services.redis_server import RedisServer

PORT = 6379
DATA_PATH = "/data"
SCRIPT_PATH = "/etc/llmproxy/redis.sh"
PASSWORD = "password"  # noqa: S105  a name, no password
# redis-cli reads the password from this variable, so that it is on no command line.
PROBE = f'REDISCLI_AUTH="$(cat {secret_path(PASSWORD)})" redis-cli -p {PORT} --no-raw ping 2>/dev/null | grep -q PONG'


@dataclass(frozen=True)
class RedisArgs:
    """What the server is.

    Attributes:
        password: One line of any characters.
        volume_name: The volume of its append-only file.
        network_ids: Networks on which it answers to its name.
        max_memory_mib: What its data may take; then what was used longest ago goes.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    password: pulumi.Input[str]
    volume_name: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "redis"
    max_memory_mib: int = 256
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class Redis(pulumi.ComponentResource):
    """Redis; see the module."""

    service_id: pulumi.Output[str]
    server: RedisServer
    gated: GatedService

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Redis", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        service = Service(name, _service(args, files), pulumi.ResourceOptions(parent=self))
        self.service_id, self.gated = service.service_id, service.gated
        self.server = RedisServer(args.stack.member(args.name), PORT, pulumi.Output.secret(args.password))
        self.register_outputs({"service_id": self.service_id})


def script() -> str:
    """Reads the start-up script's text from beside this module."""
    return Path(__file__).with_suffix(".sh").read_text(encoding="utf-8")


def _service(args: RedisArgs, files: ServiceFiles) -> ServiceArgs:
    return ServiceArgs(
        stack=args.stack,
        name=args.name,
        image=args.image,
        command=["/bin/sh", SCRIPT_PATH],
        args=[secret_path(PASSWORD), *_configuration(args)],
        networks=[NetworkAttachment(network_id, [args.name]) for network_id in args.network_ids],
        secrets=[files.secret(PASSWORD, args.password)],
        configs=[files.config("script", script(), SCRIPT_PATH)],
        mounts=[Mount(DATA_PATH, args.volume_name)],
        healthcheck=Healthcheck(test=("CMD-SHELL", PROBE), interval_seconds=2, retries=10),
        placement_constraints=args.placement_constraints,
        resources=args.resources,
        # Two servers on one append-only file destroy it.
        rollout=Rollout(order="stop-first"),
    )


def _configuration(args: RedisArgs) -> list[str]:
    return [
        f"port {PORT}",
        f"dir {DATA_PATH}",
        "appendonly yes",
        'save ""',
        f"maxmemory {args.max_memory_mib}mb",
        "maxmemory-policy allkeys-lru",
    ]
