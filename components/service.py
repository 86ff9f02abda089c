"""A Swarm service.

Takes `ServiceArgs`, gives id, name and the digest of what was asked for. Every block is given whole, because the
docker provider sends zeros for what a block leaves out; there is no environment, because it is sent in random order
and restarts the tasks; the endpoint is dnsrr, so that nothing depends on IPVS.
The digest is also a label: when Swarm rolls back, the label goes back as well, and the gate sees whose spec runs.
"""

from __future__ import annotations

import hashlib

import pulumi
import pulumi_docker as docker

from components import service_blocks as blocks
from components.naming import SPEC_DIGEST_LABEL
from components.rollout_args import GatedService
from components.service_args import ServiceArgs
from components.update_order import placement_note, update_order

# From KILL until Swarm has seen the task's end.
KILL_SECONDS = 5


class Service(pulumi.ComponentResource):
    """A Swarm service; see the module."""

    service_id: pulumi.Output[str]
    name: pulumi.Output[str]
    spec_digest: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:swarm:Service", name, {}, opts)
        ports = tuple(port.published for port in args.host_ports)
        order = update_order(args.name, host_ports=ports, wanted=args.rollout.order)
        note = placement_note(args.name, host_ports=ports, replicas=args.replicas)
        if note:
            pulumi.log.info(note, resource=self)
        task, endpoint = blocks.task_spec(args), blocks.endpoint_spec(args)
        mode, update = blocks.mode(args), blocks.update_config(args, order)
        labels = {**args.stack.service_labels, **args.labels}
        self.spec_digest = _digest([task, endpoint, mode, update, labels])
        service = docker.Service(
            name,
            name=args.stack.member(args.name),
            task_spec=task,
            endpoint_spec=endpoint,
            mode=mode,
            update_config=update,
            rollback_config=blocks.rollback_config(args, order),
            labels=blocks.labels({**labels, SPEC_DIGEST_LABEL: self.spec_digest}),
            # With a reachable registry the provider adds the image's platforms by itself and then sees a difference.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["taskSpec.placement.platforms"]),
        )
        self.service_id = service.id
        self.name = service.name
        self.gated = GatedService(
            service_id=service.id,
            name=args.stack.member(args.name),
            spec_digest=self.spec_digest,
            image=args.image,
            replicas=args.replicas,
            monitor_seconds=args.rollout.monitor_seconds,
            alone_within_seconds=_alone_within(args),
        )
        outputs = {"service_id": self.service_id, "name": self.name, "spec_digest": self.spec_digest}
        self.register_outputs(outputs)


def _alone_within(args: ServiceArgs) -> float:
    return args.stop_grace_seconds + KILL_SECONDS if args.rollout.over_when_alone else 0


def _digest(parts: list[object]) -> pulumi.Output[str]:
    """Hashes the resolved arguments. Secrets are in them by id only, so the digest tells nothing about a value."""

    def hashed(plain: str) -> str:
        return hashlib.sha256(plain.encode()).hexdigest()[:16]

    return pulumi.Output.json_dumps(parts, sort_keys=True, default=vars).apply(hashed)
