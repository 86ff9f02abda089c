"""How long the services that hold a port of the node may take to end, from TERM to KILL.

Takes what each is told, gives seconds. Apart from the services, because what waits for their ports has to know it as
well. Pure.
"""

from __future__ import annotations

# For what the gateway writes down after its last answer.
LAST_WRITES_SECONDS = 10
# For what Traefik does after its last request.
CLOSING_SECONDS = 10


def of_gateway(longest_stream_seconds: int, *, drain_seconds: int = 0) -> int:
    """Enough to drain, to end the longest stream and to write down what it cost."""
    return drain_seconds + longest_stream_seconds + LAST_WRITES_SECONDS


def of_ingress(drain_seconds: int) -> int:
    """Enough to end the requests that are under way."""
    return drain_seconds + CLOSING_SECONDS
