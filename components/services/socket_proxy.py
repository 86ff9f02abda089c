"""The socket proxy: the Docker API, read-only and in parts, for services that must not hold the socket itself.

Takes networks, gives the service and its address. Of the image it uses HAProxy and wget; what is open, and how it ends
without Traefik losing a route, stands in `socket_proxy.cfg`. Closed is `containers` too, through which every file of
every container could be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components import manager
from components.healthcheck import Healthcheck
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, NetworkAttachment, Resources, ServiceArgs
from components.service_files import ServiceFiles

NAME, PORT = "socket-proxy", 2375
CONFIG = Path(__file__).with_name("socket_proxy.cfg")
CONFIG_PATH = "/etc/llmproxy/haproxy.cfg"
# Ends HAProxy by its `grace`; TERM would end it in the midst of an answer.
STOP_SIGNAL = "SIGUSR1"


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
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=["haproxy"],
                args=["-db", "-f", CONFIG_PATH],
                networks=[NetworkAttachment(network_id, [args.name]) for network_id in args.network_ids],
                configs=[files.config("config", CONFIG.read_text(encoding="utf-8"), CONFIG_PATH)],
                mounts=[manager.socket(read_only=True)],
                healthcheck=_healthcheck(),
                replicas=args.replicas,
                placement_constraints=[manager.ON_A_MANAGER, *args.placement_constraints],
                resources=args.resources,
                stop_signal=STOP_SIGNAL,
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


def another_every(seconds: int, name: str = NAME) -> str:
    """The URL of a configuration for Traefik that is another one every so many seconds."""
    return f"http://{address(name)}/another-every?seconds={seconds}"


def _healthcheck() -> Healthcheck:
    return Healthcheck(
        test=("CMD", "wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{PORT}/_ping"),
        interval_seconds=3,
        timeout_seconds=5,
        retries=5,
        start_period_seconds=15,
    )
