"""How Traefik is told of a service: the labels of one route.

Takes host name, port and middlewares, gives the service labels that Traefik's Swarm provider reads. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components import middlewares
from components.middlewares import Middleware


@dataclass(frozen=True)
class Route:
    """One host name that leads to one port of a service.

    Attributes:
        router: Its name in Traefik, unique in the Swarm.
        host: The public host name.
        port: Of the service, inside its containers.
        network: Name (not id) of the network on which Traefik reaches the service.
        entry_point: Traefik's HTTPS entry point.
        cert_resolver: Who gets the certificate; None: one that Traefik has by file.
        middlewares: In the order in which a request passes them, each with its provider, such as `headers@file`.
        own_middlewares: Passed after those; defined by labels of the same service, whose names begin with the router's.
    """

    router: str
    host: str
    port: int
    network: str
    entry_point: str = "websecure"
    cert_resolver: str | None = None
    middlewares: Sequence[str] = ()
    own_middlewares: Mapping[str, Middleware] = field(default_factory=dict)


def labels(*routes: Route) -> dict[str, str]:
    """The service labels of one or more routes to one service; none for no route."""
    if not routes:
        return {}
    found = {"traefik.enable": "true", "traefik.swarm.network": routes[0].network}
    for route in routes:
        router = f"traefik.http.routers.{route.router}"
        found |= {
            f"{router}.rule": f"Host(`{route.host}`)",
            f"{router}.entrypoints": route.entry_point,
            f"{router}.service": route.router,
            f"{router}.tls": "true",
            f"traefik.http.services.{route.router}.loadbalancer.server.port": str(route.port),
        }
        if route.cert_resolver:
            found[f"{router}.tls.certresolver"] = route.cert_resolver
        own = {f"{route.router}-{name}": middleware for name, middleware in route.own_middlewares.items()}
        for name, middleware in own.items():
            found |= middlewares.labels(name, middleware)
        if route.middlewares or own:
            found[f"{router}.middlewares"] = ",".join([*route.middlewares, *own])
    return found
