"""Antigravity Manager, a proxy in front of Anthropic's and Google's models.

Takes image, API key, web password and a volume; gives the service. Everything that it keeps lies in one folder, its
accounts and its settings among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components import entrypoint
from components.healthcheck import Healthcheck, python_http_test
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, Mount, NetworkAttachment, Resources, Rollout, ServiceArgs
from components.service_files import ServiceFiles, secret_path

PORT = 8045
DATA_PATH = "/root/.antigravity_tools"
MIB = 2**20


@dataclass(frozen=True)
class AntigravityManagerArgs:
    """What the proxy is.

    Attributes:
        api_key: The key of its three chat protocols.
        web_password: Of its web UI and admin API.
        volume_name: The volume of all that it keeps.
        internal_network_id: The network on which it answers to its short name. On no other: where foreign stacks join,
            theirs may have the same name, and Docker gives both.
        network_ids: Further networks. One must reach the providers.
        max_body_mib: Largest request body that it takes.
        drain_seconds: How long a task that is replaced serves on, so that answers which are being streamed end.
        labels: Further service labels, such as those of its route.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    api_key: pulumi.Input[str]
    web_password: pulumi.Input[str]
    volume_name: pulumi.Input[str]
    internal_network_id: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "antigravity-manager"
    max_body_mib: int = 100
    drain_seconds: int = 30
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class AntigravityManager(pulumi.ComponentResource):
    """Antigravity Manager; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: AntigravityManagerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:AntigravityManager", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        service = Service(name, _service(args, files), pulumi.ResourceOptions(parent=self))
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})


def _service(args: AntigravityManagerArgs, files: ServiceFiles) -> ServiceArgs:
    return ServiceArgs(
        stack=args.stack,
        name=args.name,
        image=args.image,
        command=entrypoint.COMMAND,
        args=["/app/antigravity-tools", "--headless"],
        networks=[
            NetworkAttachment(args.internal_network_id, [args.name]),
            *(NetworkAttachment(network_id) for network_id in args.network_ids),
        ],
        secrets=[files.secret("api-key", args.api_key), files.secret("web-password", args.web_password)],
        configs=[
            files.entrypoint(),
            files.environment(
                {"ABV_MAX_BODY_SIZE": str(args.max_body_mib * MIB)},
                secret_files={"API_KEY": secret_path("api-key"), "WEB_PASSWORD": secret_path("web-password")},
                drain_seconds=args.drain_seconds,
            ),
        ],
        mounts=[Mount(DATA_PATH, args.volume_name)],
        healthcheck=Healthcheck(
            test=python_http_test(port=PORT, path="/health", timeout_seconds=5), start_period_seconds=30
        ),
        placement_constraints=args.placement_constraints,
        resources=args.resources,
        stop_grace_seconds=args.drain_seconds + 30,
        # Two with different keys under one name would refuse each other's requests (ADR 12).
        rollout=Rollout(over_when_alone=True),
        labels=args.labels,
    )
