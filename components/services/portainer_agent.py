"""Portainer's agent, one on each Linux node.

Takes image and the secret that Portainer shares with its agents; gives the service. Without the secret, an agent would
obey the first Portainer that speaks to it. It has no health check: the official image answers over TLS only, and what
its wget makes of a certificate of the agent's own is nothing to rely on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components import entrypoint, manager
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, Mount, NetworkAttachment, Resources, Rollout, ServiceArgs
from components.service_files import ServiceFiles, secret_path

PORT = 9001
ALIAS = "agent"
# Swarm's DNS gives the addresses of all tasks under it.
CLUSTER_ADDRESS = f"tasks.{ALIAS}"
VOLUMES_PATH = "/var/lib/docker/volumes"
LINUX = "node.platform.os==linux"


@dataclass(frozen=True)
class PortainerAgentArgs:
    """What the agents are.

    Attributes:
        secret: Shared with Portainer.
        network_id: The network on which they and Portainer are, and nobody else.
        volumes_path: Where the engine of each node keeps its volumes; None: the agents cannot look into them.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    secret: pulumi.Input[str]
    network_id: pulumi.Input[str]
    volumes_path: str | None = VOLUMES_PATH
    name: str = ALIAS
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class PortainerAgent(pulumi.ComponentResource):
    """The agents; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: PortainerAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:PortainerAgent", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        service = Service(name, _service(args, files), pulumi.ResourceOptions(parent=self))
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})


def _service(args: PortainerAgentArgs, files: ServiceFiles) -> ServiceArgs:
    mounts = [manager.socket()]
    if args.volumes_path is not None:
        mounts.append(Mount(VOLUMES_PATH, args.volumes_path, "bind"))
    return ServiceArgs(
        stack=args.stack,
        name=args.name,
        image=args.image,
        command=entrypoint.COMMAND,
        args=["./agent"],
        networks=[NetworkAttachment(args.network_id, [ALIAS])],
        secrets=[files.secret("secret", args.secret)],
        configs=[
            files.entrypoint(),
            files.environment(
                {"AGENT_CLUSTER_ADDR": CLUSTER_ADDRESS}, secret_files={"AGENT_SECRET": secret_path("secret")}
            ),
        ],
        mounts=mounts,
        replicas=None,
        placement_constraints=(LINUX, *args.placement_constraints),
        resources=args.resources,
        rollout=Rollout(order="stop-first"),
    )
