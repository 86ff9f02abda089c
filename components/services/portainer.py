"""Portainer, the management UI.

Takes image, admin password, the agents' secret and a volume; gives the service. Its admin user is made from the secret
file at the first start, so nobody finds an open first-run page; later starts skip it (the user's password is changed in
Portainer). Written for the Alpine variant of the official image: Portainer reads AGENT_SECRET from its environment
only, and without a shell nothing could put a secret file there (ADR 14).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components import entrypoint, manager
from components.healthcheck import Healthcheck, wget_http_test
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, Mount, NetworkAttachment, Resources, Rollout, ServiceArgs
from components.service_files import ServiceFiles, secret_path
from components.services import portainer_agent

PORT = 9000
DATA_PATH = "/data"


@dataclass(frozen=True)
class PortainerArgs:
    """What Portainer is.

    Attributes:
        admin_password: Of the user `admin`, at most 72 bytes; counts at the first start only.
        agent_secret: Shared with the agents.
        volume_name: The volume of its database.
        network_ids: Where it is reached.
        agent_network_id: Where its agents are.
        labels: Further service labels, such as those of its route.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    admin_password: pulumi.Input[str]
    agent_secret: pulumi.Input[str]
    volume_name: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    agent_network_id: pulumi.Input[str]
    name: str = "portainer"
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class Portainer(pulumi.ComponentResource):
    """Portainer; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: PortainerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Portainer", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        service = Service(name, _service(args, files), pulumi.ResourceOptions(parent=self))
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})


def _service(args: PortainerArgs, files: ServiceFiles) -> ServiceArgs:
    agents = f"tcp://{portainer_agent.CLUSTER_ADDRESS}:{portainer_agent.PORT}"
    return ServiceArgs(
        stack=args.stack,
        name=args.name,
        image=args.image,
        command=entrypoint.COMMAND,
        args=[
            *("/portainer", "-H", agents, "--tlsskipverify"),
            *("--admin-password-file", secret_path("admin-password")),
        ],
        networks=[
            *(NetworkAttachment(network_id) for network_id in args.network_ids),
            NetworkAttachment(args.agent_network_id, [args.name]),
        ],
        secrets=[files.secret("admin-password", args.admin_password), files.secret("agent-secret", args.agent_secret)],
        configs=[
            files.entrypoint(),
            files.environment({}, secret_files={"AGENT_SECRET": secret_path("agent-secret")}),
        ],
        mounts=[Mount(DATA_PATH, args.volume_name)],
        healthcheck=Healthcheck(test=wget_http_test(port=PORT, path="/api/system/status", timeout_seconds=5)),
        placement_constraints=(manager.ON_A_MANAGER, *args.placement_constraints),
        resources=args.resources,
        # Its database is one file, which one process holds.
        rollout=Rollout(order="stop-first"),
        labels=args.labels,
    )
