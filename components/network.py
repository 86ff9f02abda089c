"""An overlay network of the Swarm.

Takes a name and its kind, gives the network's id. Every property is fixed for the network's life: the docker provider
replaces a network for any change, and the replacement fails while a service uses it. No addresses are set, because
with a subnet alone each refresh wants a replacement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True)
class NetworkArgs:
    """What a network is.

    Attributes:
        name: Its name in the Swarm.
        internal: True: no way out of the Swarm.
        attachable: True: containers and stacks of others may join.
        labels: Who owns it.
    """

    name: str
    internal: bool = False
    attachable: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


class Network(pulumi.ComponentResource):
    """An overlay network; see the module."""

    network_id: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:swarm:Network", name, {}, opts)
        network = docker.Network(
            name,
            name=args.name,
            driver="overlay",
            internal=args.internal,
            attachable=args.attachable,
            labels=[docker.NetworkLabelArgs(label=key, value=value) for key, value in sorted(args.labels.items())],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.network_id = network.id
        self.name = network.name
        self.register_outputs({"network_id": self.network_id, "name": self.name})
