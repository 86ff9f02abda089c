"""How long what needs a port of the node waits for the service that holds it, and what that adds to a rollout.

Takes the settings, gives seconds. Without Traefik the gateway's tasks hold `litellm.hostPort` and a new one starts when
the one before has ended its last answer; Traefik's tasks hold theirs; and when Traefik is switched on or off, one waits
for the other. Apart, because the commands wait for ports as well. Pure.
"""

from __future__ import annotations

from components.services import stop_grace
from stacks.settings import Settings

# For Swarm to notice that a task has ended, and to place the next one.
MARGIN_SECONDS = 30
# Of Traefik's stack, when nothing is waited for.
INGRESS_ROLLOUT_SECONDS = 300


def longest(settings: Settings) -> int:
    """How long a port may stay taken after its holder was told to end, whichever of the two that is."""
    gateway, ingress = _graces(settings)
    return max(gateway, ingress) + MARGIN_SECONDS


def gateway_deadline(settings: Settings) -> int:
    """How long a rollout of the gateway may take: tasks with a port of their own are replaced one after the other."""
    gateway = settings.litellm
    waits = gateway.host_port is not None and not settings.traefik.enabled
    return gateway.rollout_deadline_seconds + (gateway.replicas * longest(settings) if waits else 0)


def ingress_deadline(settings: Settings) -> int:
    """How long a rollout of Traefik's stack may take: it may wait for the gateway, and then for its own tasks."""
    if not settings.traefik.enabled:
        return INGRESS_ROLLOUT_SECONDS
    _, ingress = _graces(settings)
    return INGRESS_ROLLOUT_SECONDS + longest(settings) + settings.traefik.replicas * ingress


def _graces(settings: Settings) -> tuple[int, int]:
    return (
        stop_grace.of_gateway(settings.litellm.longest_stream_seconds),
        stop_grace.of_ingress(settings.traefik.drain_seconds),
    )
