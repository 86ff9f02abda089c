"""The job-keeper: resets and reports the scheduled jobs of one Swarm stack.

Takes image and stack, gives the service. The program is the package `components.job_keeper`, delivered as Swarm configs
and run by any Python image, on a manager.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components import manager, python_program
from components.healthcheck import Healthcheck, python_http_test
from components.job_keeper import labels
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, NetworkAttachment, Resources, Rollout, ServiceArgs
from components.service_files import ServiceFiles

PORT = 9101
PACKAGE = Path(labels.__file__).parent


@dataclass(frozen=True)
class JobKeeperArgs:
    """What keeps the jobs.

    Attributes:
        stack: The Swarm stack it belongs to, and whose jobs it keeps.
        network_ids: Networks on which it answers, at port 9101 of its name in the Swarm.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "job-keeper"
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class JobKeeper(pulumi.ComponentResource):
    """The job-keeper; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: JobKeeperArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:JobKeeper", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=python_program.command(PACKAGE),
                args=[f"{label}={value}" for label, value in sorted(args.stack.labels.items())],
                networks=[NetworkAttachment(network_id) for network_id in args.network_ids],
                configs=python_program.configs(files, PACKAGE),
                mounts=[manager.socket()],
                healthcheck=Healthcheck(test=python_http_test(port=PORT, path="/health", timeout_seconds=5)),
                placement_constraints=[manager.ON_A_MANAGER, *args.placement_constraints],
                resources=args.resources,
                # Two at a time would tell of each run twice in their logs; the labels would be right all the same.
                rollout=Rollout(order="stop-first"),
                read_only=True,
                cap_drop=["ALL"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})
