"""swarm-cronjob, which starts the scheduled jobs of the Swarm.

Takes image and stack, gives the service. It runs on a manager and reads the labels of every service, also of foreign
stacks. Two of them on one Swarm start no job twice: all of our jobs say `skip-running`, and the engine takes only one
of two updates of the same version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components import manager
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, NetworkAttachment, Resources, Rollout, ServiceArgs


@dataclass(frozen=True)
class SwarmCronjobArgs:
    """What starts the jobs."""

    stack: SwarmStack
    image: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "swarm-cronjob"
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class SwarmCronjob(pulumi.ComponentResource):
    """swarm-cronjob; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: SwarmCronjobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:SwarmCronjob", name, {}, opts)
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                args=["--log-level", "info"],
                networks=[NetworkAttachment(network_id, [args.name]) for network_id in args.network_ids],
                mounts=[manager.socket()],
                placement_constraints=[manager.ON_A_MANAGER, *args.placement_constraints],
                resources=args.resources,
                # Two at a time would both start a job that is due.
                rollout=Rollout(order="stop-first"),
                read_only=True,
                cap_drop=["ALL"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})
