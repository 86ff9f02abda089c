"""The overlay networks that the Swarm stacks share.

`internal` has no way out of the Swarm: the database is only there. `public` is where the gateway reaches providers and
where Traefik finds services, also those of foreign stacks; with a Traefik of others it is theirs. `monitoring` is where
metrics are read. `agent` joins Portainer with its agents, `socket_proxy` the socket proxy with Traefik, and nothing
else.
"""

from __future__ import annotations

import pulumi

from components.foreign_network import ForeignNetwork, ForeignNetworkArgs
from components.naming import SwarmStack
from components.network import Network, NetworkArgs


class Networks(pulumi.ComponentResource):
    """The networks; see the module."""

    internal: pulumi.Output[str]
    public: pulumi.Output[str]
    monitoring: pulumi.Output[str]
    agent: pulumi.Output[str] | None
    socket_proxy: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        stack: SwarmStack,
        *,
        with_agent: bool = False,
        with_socket_proxy: bool = False,
        existing_public: ForeignNetworkArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmproxy:stacks:Networks", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = stack.labels
        self.internal = Network(
            "internal", NetworkArgs(name=stack.member("internal"), internal=True, labels=labels), child
        ).network_id
        self.public = (
            ForeignNetwork("public", existing_public, child).network_id
            if existing_public
            else Network(
                "public", NetworkArgs(name=f"{stack.prefix}public", attachable=True, labels=labels), child
            ).network_id
        )
        self.monitoring = Network(
            "monitoring", NetworkArgs(name=f"{stack.prefix}monitoring", labels=labels), child
        ).network_id
        agent = NetworkArgs(name=f"{stack.prefix}portainer_agent", labels=labels)
        self.agent = Network("agent", agent, child).network_id if with_agent else None
        socket_proxy = NetworkArgs(name=f"{stack.prefix}portainer_socket-proxy", internal=True, labels=labels)
        self.socket_proxy = Network("socket-proxy", socket_proxy, child).network_id if with_socket_proxy else None
        self.register_outputs({"internal": self.internal, "public": self.public, "monitoring": self.monitoring})
