"""The rollout gate: a resource that exists only when its services run and have stayed healthy.

Takes the services of one Swarm stack, gives them back as they are live; whatever depends on the gate waits for them.
pulumi_docker lacks it: with its own convergence a late roll-back counts as success. One gate watches all services of
a stack at once, because all dynamic resources share four threads.
Its inputs say how each service should be (settled, so many replicas, this image), and a refresh puts the live values
in their place: what somebody changed by hand, or Swarm rolled back, shows as `live => wanted` and runs the gate again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import pulumi
from pulumi.dynamic import ReadResult, Resource
from pydantic import JsonValue

from components.docker_engine import SwarmApi
from components.engine_connection import connect
from components.provider_border import ProviderInputs, parse, secret_list
from components.rollout_args import PORT_WAIT_SECONDS, GatedService, RolloutGateArgs
from components.rollout_verdict import ROLLED_BACK, Wanted
from components.rollout_watch import wait_until_settled
from components.swarm_provider import Props, SwarmProvider
from components.swarm_state import ServiceState

SETTLED = "settled"
GLOBAL = "global"
ALL_RUN = "all"


class GatedInputs(ProviderInputs):
    """One service: as it is wanted, or, after a refresh, as it is."""

    service_id: str
    spec_digest: str
    image: str
    replicas: int | Literal["global"]
    monitor_seconds: float
    alone_within_seconds: float = 0
    update_state: str
    running: str


class GateInputs(ProviderInputs):
    """The gate's inputs; services by their name in the Swarm."""

    docker_host: str
    deadline_seconds: float
    port_wait_seconds: float = PORT_WAIT_SECONDS
    services: dict[str, GatedInputs]
    secret_values: list[str]


class RolloutGateProvider(SwarmProvider):
    """Watches at create and update, looks once at read, does nothing at delete."""

    compared = ("docker_host", "services")

    def identity(self, wanted: Props) -> str:
        return "+".join(sorted(parse(GateInputs, wanted).services))

    def converge(self, wanted: Props, _last: Props) -> Props:
        inputs = parse(GateInputs, wanted)
        port_wait = timedelta(seconds=inputs.port_wait_seconds)
        services = {each.service_id: _wanted(name, each, port_wait) for name, each in inputs.services.items()}
        with connect(inputs.docker_host) as api:
            wait_until_settled(
                api,
                services,
                deadline_seconds=inputs.deadline_seconds,
                secrets=[*inputs.secret_values, *self.config.secrets()],
            )
        return {}

    def look(self, id_: str, last: Props) -> ReadResult | None:
        inputs = parse(GateInputs, last)
        with connect(inputs.docker_host) as api:
            live: Props = {**last, "services": live_services(api, inputs.services)}
        return ReadResult(id_, live, dict(live))


class RolloutGate(Resource, module="swarm", name="RolloutGate"):
    """A gate over the services of one Swarm stack; see the module."""

    services: pulumi.Output[Mapping[str, Any]]

    def __init__(self, name: str, args: RolloutGateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            "docker_host": args.docker_host,
            "deadline_seconds": args.deadline_seconds,
            "port_wait_seconds": args.port_wait_seconds,
            "services": {service.name: _as_wanted(service) for service in args.services},
            "secret_values": secret_list(args.secret_values),
        }
        super().__init__(RolloutGateProvider(), name, props, opts)


def live_services(api: SwarmApi, services: Mapping[str, GatedInputs]) -> dict[str, JsonValue]:
    """Gives each service as it is; one that is gone has the update state `gone`."""
    return {name: _live(wanted, api.service(wanted.service_id)) for name, wanted in services.items()}


def _live(wanted: GatedInputs, service: ServiceState | None) -> dict[str, JsonValue]:
    if service is None:
        return {**wanted.model_dump(), "update_state": "gone", "running": "none"}
    running, desired = service.running_tasks or 0, service.desired_tasks or 0
    ours = service.spec_digest == wanted.spec_digest
    # Swarm calls a service rolled back for ever; when its spec is the wanted one, that is past.
    settled = service.update_state in ("", "completed") or (service.update_state == ROLLED_BACK and ours)
    return {
        **wanted.model_dump(),
        "spec_digest": service.spec_digest or wanted.spec_digest,
        "image": service.image,
        "replicas": GLOBAL if service.replicas is None else service.replicas,
        "update_state": SETTLED if settled else service.update_state,
        "running": ALL_RUN if running >= desired else f"{running} of {desired}",
    }


def _as_wanted(service: GatedService) -> dict[str, pulumi.Input[Any]]:
    return {
        "service_id": service.service_id,
        "spec_digest": service.spec_digest,
        "image": service.image,
        "replicas": GLOBAL if service.replicas is None else service.replicas,
        "monitor_seconds": service.monitor_seconds,
        "alone_within_seconds": service.alone_within_seconds,
        "update_state": SETTLED,
        "running": ALL_RUN,
    }


def _wanted(name: str, service: GatedInputs, port_wait: timedelta) -> Wanted:
    return Wanted(
        name=name,
        spec_digest=service.spec_digest,
        replicas=None if service.replicas == GLOBAL else int(service.replicas),
        monitor=timedelta(seconds=service.monitor_seconds),
        port_wait=port_wait,
        alone_within=timedelta(seconds=service.alone_within_seconds),
    )
