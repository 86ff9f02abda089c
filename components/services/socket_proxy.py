"""The socket proxy: the Docker API, read-only and in parts, for services that must not hold the socket itself.

Takes networks, gives the service and its address. Written for the official image (and ours, which has its contract):
parts of the API by variables, nothing but GET and HEAD without POST. Open is what tells of services, tasks, networks
and nodes. Closed is `containers` too, through which every file of every container could be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components import entrypoint, manager
from components.healthcheck import Healthcheck
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, NetworkAttachment, Resources, ServiceArgs
from components.service_files import ServiceFiles

NAME, PORT = "socket-proxy", 2375
OPEN = ("EVENTS", "INFO", "NETWORKS", "NODES", "PING", "SERVICES", "TASKS", "VERSION")
CLOSED = ("CONFIGS", "CONTAINERS", "EXEC", "IMAGES", "POST", "SECRETS", "SWARM", "SYSTEM", "VOLUMES")


@dataclass(frozen=True)
class SocketProxyArgs:
    """What the proxy is.

    Attributes:
        stack: The Swarm stack it belongs to.
        network_ids: Networks on which it answers to its alias: whoever is on one can read.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = NAME
    replicas: int = 1
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class SocketProxy(pulumi.ComponentResource):
    """The socket proxy; see the module."""

    service_id: pulumi.Output[str]
    endpoint: str
    gated: GatedService

    def __init__(self, name: str, args: SocketProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:SocketProxy", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        parts = {**dict.fromkeys(OPEN, "1"), **dict.fromkeys(CLOSED, "0")}
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=entrypoint.COMMAND,
                args=["docker-entrypoint.sh", "haproxy", "-f", "/tmp/haproxy.cfg"],  # noqa: S108  the image's own path
                networks=[NetworkAttachment(network_id, [args.name]) for network_id in args.network_ids],
                # Each look of Traefik's is a request: without this the log is nothing else.
                configs=[files.entrypoint(), files.environment({**parts, "LOG_LEVEL": "warning"})],
                mounts=[manager.socket(read_only=True)],
                healthcheck=_healthcheck(),
                replicas=args.replicas,
                placement_constraints=[manager.ON_A_MANAGER, *args.placement_constraints],
                resources=args.resources,
                cap_drop=["ALL"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.service_id, self.gated = service.service_id, service.gated
        self.endpoint = endpoint(args.name)
        self.register_outputs({"service_id": self.service_id, "endpoint": self.endpoint})


def address(name: str = NAME) -> str:
    """Host and port of the Docker API for who shares a network with the proxy."""
    return f"{name}:{PORT}"


def endpoint(name: str = NAME) -> str:
    """The same as a Docker host."""
    return f"tcp://{address(name)}"


def _healthcheck() -> Healthcheck:
    return Healthcheck(
        test=("CMD", "wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{PORT}/_ping"),
        interval_seconds=3,
        timeout_seconds=5,
        retries=5,
        start_period_seconds=15,
    )
