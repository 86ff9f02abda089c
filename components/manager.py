"""What a service needs that speaks to the engine of a Swarm manager: the constraint, and the engine's socket.

Apart, because several services do; only a manager's engine answers for the whole Swarm. Pure of the network.
"""

from __future__ import annotations

from components.service_args import Mount

ON_A_MANAGER = "node.role==manager"
SOCKET = "/var/run/docker.sock"


def socket(*, read_only: bool = False) -> Mount:
    """The engine's socket, where every client looks for it. Read-only protects the file, not the API behind it."""
    return Mount(SOCKET, SOCKET, kind="bind", read_only=read_only)
