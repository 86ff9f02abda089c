"""How the services of this installation are routed: the labels that our Traefik, or one of others, reads.

Takes the settings, gives for each routed service its host name, its labels and its address. Our Traefik has the
middlewares in its file, one of others gets them as labels. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components import middlewares, routing
from components.middlewares import Middleware
from components.services.traefik_acme import RESOLVER
from components.services.traefik_config import USERS_PATH
from stacks import host_names
from stacks.settings import Settings

SECURITY_HEADERS, RATE_LIMIT, ALLOW_LIST = "security-headers", "rate-limit", "ip-allow-list"
BASIC_AUTH, HOST_PORT_ALLOW_LIST, WHOLE_REQUEST = "basic-auth", "host-port-allow-list", "whole-request"
GATEWAY = "litellm"


@dataclass(frozen=True)
class Ingress:
    """The routes of one installation; see the module."""

    settings: Settings

    @property
    def is_there(self) -> bool:
        """Whether anything routes: our Traefik or one of others."""
        return self.settings.traefik.enabled or self.settings.ingress.existing is not None

    @property
    def network(self) -> str:
        """Name of the network on which Traefik reaches the services."""
        existing = self.settings.ingress.existing
        return existing.network if existing else f"{self.settings.name_prefix}public"

    def host(self, service: str, own: str | None) -> str:
        """The public host name of a service: its own, else its usual first label before the domain."""
        return host_names.host(self.settings, service, own)

    def labels(self, service: str, own_host: str | None, port: int) -> Mapping[str, str]:
        """The labels of a service that is routed to its port; none where nothing routes."""
        if not self.is_there:
            return {}
        route = self._theirs if self.settings.ingress.existing else self._ours
        return routing.labels(route(service, self.host(service, own_host), port))

    @property
    def publishes_gateway(self) -> bool:
        """Whether our Traefik publishes the gateway's host port, so that the gateway's tasks need not."""
        return self.settings.traefik.enabled and self.settings.litellm.host_port is not None

    @property
    def gateway(self) -> str | None:
        """The gateway's name in our Traefik, where that publishes its host port."""
        return self._name(GATEWAY) if self.publishes_gateway else None

    @property
    def middlewares(self) -> dict[str, Middleware]:
        """What stands before every service, by name, in the order in which a request passes it."""
        ingress = self.settings.ingress
        by_forwarded = ingress.trust_cloudflare_addresses
        found: dict[str, Middleware] = {}
        if ingress.allow_list:
            found[ALLOW_LIST] = middlewares.ip_allow_list(ingress.allow_list, by_forwarded_address=by_forwarded)
        if ingress.rate_limit:
            limit = ingress.rate_limit.model_dump()
            found[RATE_LIMIT] = middlewares.rate_limit(**limit, by_forwarded_address=by_forwarded)
        if ingress.security_headers:
            found[SECURITY_HEADERS] = middlewares.security_headers()
        return found

    @property
    def file_middlewares(self) -> dict[str, Middleware]:
        """The middlewares of our Traefik's file: those, and what is asked for or needed there only."""
        found = {**self.middlewares, WHOLE_REQUEST: middlewares.whole_request()}
        if host_names.by_password(self.settings):
            found[BASIC_AUTH] = middlewares.basic_auth(USERS_PATH)
        if self._limits_host_port:
            ranges = self.settings.litellm.host_port_allow_list
            found[HOST_PORT_ALLOW_LIST] = middlewares.ip_allow_list(ranges, by_forwarded_address=False)
        return found

    @property
    def names_before_host_port(self) -> list[str]:
        """The middlewares of our Traefik before the gateway's host port, which has no TLS."""
        return _of_file([*([HOST_PORT_ALLOW_LIST] if self._limits_host_port else []), WHOLE_REQUEST])

    def names_before(self, service: str) -> list[str]:
        """The middlewares of our Traefik before a service."""
        by_password = service in host_names.by_password(self.settings)
        return _of_file([*self.middlewares, *([BASIC_AUTH] if by_password else []), WHOLE_REQUEST])

    @property
    def _limits_host_port(self) -> bool:
        return self.publishes_gateway and bool(self.settings.litellm.host_port_allow_list)

    def _name(self, service: str) -> str:
        """Unique in the Swarm, as all Traefiks of it read the same labels."""
        return f"{self.settings.name_prefix}{service}"

    def _ours(self, service: str, host: str, port: int) -> routing.Route:
        return routing.Route(
            router=self._name(service),
            host=host,
            port=port,
            network=self.network,
            cert_resolver=RESOLVER if self.settings.ingress.certificate == "acme" else None,
            middlewares=self.names_before(service),
        )

    def _theirs(self, service: str, host: str, port: int) -> routing.Route:
        existing = self.settings.ingress.existing
        if existing is None:
            raise ValueError("a route of others' Traefik without ingress.existing")
        password = existing.basic_auth_middleware if service in host_names.by_password(self.settings) else None
        return routing.Route(
            router=self._name(service),
            host=host,
            port=port,
            network=self.network,
            entry_point=existing.entry_point,
            cert_resolver=existing.cert_resolver,
            middlewares=[*existing.middlewares, *([password] if password else [])],
            own_middlewares=self.middlewares,
        )


def _of_file(names: Sequence[str]) -> list[str]:
    return [f"{name}@file" for name in names]
