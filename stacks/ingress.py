"""How the services of this installation are routed: the labels that our Traefik, or one of others, reads.

Takes the settings, gives for each routed service its host name, its labels and its address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components import routing
from stacks.settings import Settings

FIRST_LABELS = {
    "portainer": "portainer",
    "litellm": "llm",
    "cli-proxy-api": "cli-proxy-api.llm",
    "antigravity-manager": "antigravity-manager.llm",
    "netdata": "netdata",
}
CERT_RESOLVER = "le"


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
        return own or f"{FIRST_LABELS[service]}.{self.settings.ingress.domain}"

    def labels(self, service: str, own_host: str | None, port: int) -> Mapping[str, str]:
        """The labels of a service that is routed to its port; none where nothing routes."""
        if not self.is_there:
            return {}
        existing = self.settings.ingress.existing
        return routing.labels(
            routing.Route(
                router=f"{self.settings.name_prefix}{service}",
                host=self.host(service, own_host),
                port=port,
                network=self.network,
                entry_point=existing.entry_point if existing else "websecure",
                cert_resolver=existing.cert_resolver if existing else CERT_RESOLVER,
                middlewares=existing.middlewares if existing else (),
            )
        )
