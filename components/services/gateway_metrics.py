"""The gateway's metrics, summed over its tasks, for Netdata.

Takes image, master key and the gateway's name, gives the service. The program is the package
`components.gateway_metrics`; it has the master key because LiteLLM gives its `/metrics` to nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components import python_program
from components.gateway_metrics import totals
from components.healthcheck import Healthcheck, python_http_test
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, NetworkAttachment, Resources, ServiceArgs
from components.service_files import ServiceFiles, secret_path

PORT = 9102
PACKAGE = Path(totals.__file__).parent
KEY_NAME = "litellm-master-key"
# Nobody: the secret file is readable by it, and nothing else is needed.
USER = "65534"


@dataclass(frozen=True)
class GatewayMetricsArgs:
    """What sums the gateway's metrics up.

    Attributes:
        stack: The Swarm stack it belongs to.
        network_ids: Networks on which it finds the gateway and answers, at port 9102 of its name in the Swarm.
        master_key: The gateway's.
        gateway: Name of the gateway on these networks.
        window_seconds: How far back the error ratio looks.
        fewest_requests: With fewer the ratio is 0.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    master_key: pulumi.Input[str]
    gateway: str
    gateway_port: int
    window_seconds: int
    fewest_requests: int
    name: str = "gateway-metrics"
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class GatewayMetrics(pulumi.ComponentResource):
    """The summed metrics; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: GatewayMetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:GatewayMetrics", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        key = files.secret("key", args.master_key, secret_path(KEY_NAME), mode=0o400, uid=USER)
        wanted = [args.gateway, str(args.gateway_port), key.path, str(args.window_seconds), str(args.fewest_requests)]
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=python_program.command(PACKAGE),
                args=wanted,
                networks=[NetworkAttachment(network_id) for network_id in args.network_ids],
                secrets=[key],
                configs=python_program.configs(files, PACKAGE),
                healthcheck=Healthcheck(test=python_http_test(port=PORT, path="/health", timeout_seconds=5)),
                placement_constraints=args.placement_constraints,
                resources=args.resources,
                user=USER,
                read_only=True,
                cap_drop=["ALL"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})
