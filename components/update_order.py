"""Whether a service's new task starts before or after the old one stops.

Takes what a service asks for, gives the order or an error. Apart, because a wrong choice never converges: with a
port of the host, two tasks cannot be on one node, and Swarm waits for ever. Pure.
"""

from __future__ import annotations

from typing import Literal

Order = Literal["start-first", "stop-first"]

# With stop-first Swarm waits this long for the old task to end, then starts the new one beside it (measured, 20.10).
STOP_FIRST_WAITS_SECONDS = 60


class UpdateOrderError(ValueError):
    """The order asked for cannot work."""


def update_order(service: str, *, host_ports: tuple[int, ...], wanted: Order | None) -> Order:
    """Chooses the update order: start-first unless a host port forbids it.

    Raises:
        UpdateOrderError: start-first is asked for together with a host port.
    """
    if not host_ports:
        return wanted or "start-first"
    if wanted == "start-first":
        raise UpdateOrderError(
            f"service {service}: found order start-first with host port {host_ports[0]}; allowed is stop-first, "
            "because the old task holds the port; leave the order out, or publish no host port"
        )
    return "stop-first"


def placement_note(service: str, *, host_ports: tuple[int, ...], replicas: int | None) -> str | None:
    """Says what a host port means for several replicas; None when there is nothing to say."""
    if not host_ports or replicas is None or replicas < 2:
        return None
    return f"service {service}: host port {host_ports[0]} allows one replica a node, so {replicas} nodes are needed"
