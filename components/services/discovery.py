"""The discovery: writes what Netdata looks at into the volume that it shares with Netdata, on every node.

Takes image, volume and fixed jobs, gives the service. The program is the package `components.discovery`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components import python_program
from components.discovery import labels
from components.healthcheck import Healthcheck
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, Mount, NetworkAttachment, Resources, Rollout, ServiceArgs
from components.service_files import ServiceFiles

PACKAGE = Path(labels.__file__).parent
JOBS_FILE = "/etc/llmproxy/jobs.json"
# A look every five seconds marks this file; see the program.
HEALTHY = "import os, sys, time; sys.exit(time.time() - os.stat('/dev/shm/looked').st_mtime > 60)"


@dataclass(frozen=True)
class DiscoveryArgs:
    """What finds what Netdata looks at.

    Attributes:
        stack: The Swarm stack it belongs to.
        network_ids: Networks, one of which leads to the socket proxy.
        socket_proxy: Address of the Docker API, as `host:port`.
        netdata: Name of Netdata's service in the Swarm.
        database_network_id: Network on which Netdata reaches databases.
        volume_name: The volume that is Netdata's configuration.
        jobs: The fixed jobs by collector.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    socket_proxy: str
    netdata: str
    database_network_id: pulumi.Input[str]
    volume_name: pulumi.Input[str]
    jobs: Mapping[str, Sequence[Mapping[str, object]]]
    name: str = "discovery"
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class Discovery(pulumi.ComponentResource):
    """The discovery; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: DiscoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Discovery", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        jobs = files.config("jobs", json.dumps(args.jobs, indent=2, sort_keys=True), JOBS_FILE)
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=python_program.command(PACKAGE),
                args=[args.socket_proxy, args.netdata, args.database_network_id, JOBS_FILE],
                networks=[NetworkAttachment(network_id) for network_id in args.network_ids],
                configs=[*python_program.configs(files, PACKAGE), jobs],
                mounts=[Mount("/etc/netdata", args.volume_name)],
                healthcheck=Healthcheck(test=("CMD", "python3", "-c", HEALTHY), start_period_seconds=30),
                replicas=None,
                placement_constraints=args.placement_constraints,
                resources=args.resources,
                rollout=Rollout(order="stop-first"),
                # Swarm fills in the node; the program reads its host name.
                hostname="{{.Node.ID}}",
                read_only=True,
                cap_drop=["ALL"],
                cap_add=["CHOWN", "DAC_OVERRIDE"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})
