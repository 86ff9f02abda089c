"""The overlay networks that the Swarm stacks share.

`internal` has no way out of the Swarm: the database is only there. `public` is where the gateway reaches providers and
where Traefik finds services, also those of foreign stacks. `monitoring` is where metrics are read.
"""

from __future__ import annotations

import pulumi

from components.naming import SwarmStack
from components.network import Network, NetworkArgs


class Networks(pulumi.ComponentResource):
    """The networks; see the module."""

    internal: pulumi.Output[str]
    public: pulumi.Output[str]
    monitoring: pulumi.Output[str]

    def __init__(self, name: str, stack: SwarmStack, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:stacks:Networks", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = stack.labels
        self.internal = Network(
            "internal", NetworkArgs(name=stack.member("internal"), internal=True, labels=labels), child
        ).network_id
        self.public = Network(
            "public", NetworkArgs(name=f"{stack.prefix}public", attachable=True, labels=labels), child
        ).network_id
        self.monitoring = Network(
            "monitoring", NetworkArgs(name=f"{stack.prefix}monitoring", labels=labels), child
        ).network_id
        self.register_outputs({"internal": self.internal, "public": self.public, "monitoring": self.monitoring})
