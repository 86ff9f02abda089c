"""The public host names of the services, and which services ask for a password before they answer.

Takes the settings, gives names by service. Apart from `ingress.py`, because the checks of the settings need it as well.
Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.settings_base import RoutedService

if TYPE_CHECKING:
    from stacks.settings import Settings

FIRST_LABELS = {
    "portainer": "portainer",
    "litellm": "llm",
    "cli-proxy-api": "cli-proxy-api.llm",
    "antigravity-manager": "antigravity-manager.llm",
    "netdata": "netdata",
    "traefik": "traefik",
}
# They show the whole installation and have no log-in of their own that can be relied on.
ALWAYS_BY_PASSWORD = ("netdata", "traefik")


def host(settings: Settings, service: str, own: str | None) -> str:
    """The public host name of a service: its own, else its usual first label before the domain."""
    return own or f"{FIRST_LABELS[service]}.{settings.ingress.domain}"


def by_service(settings: Settings) -> dict[str, str]:
    """The host names of all services that are switched on; `traefik` is its dashboard. None where nothing routes."""
    if not (settings.traefik.enabled or settings.ingress.existing):
        return {}
    own = {name: service.host_name for name, service in routed(settings).items()}
    own["litellm"] = settings.litellm.host_name
    if settings.traefik.enabled and settings.traefik.dashboard:
        own["traefik"] = None
    return {name: host(settings, name, own[name]) for name in FIRST_LABELS if name in own}


def by_password(settings: Settings) -> list[str]:
    """Of the services with a host name, those that ask for the user and password of basic auth."""
    wanted = {name for name, service in routed(settings).items() if service.basic_auth}
    return [name for name in by_service(settings) if name in wanted or name in ALWAYS_BY_PASSWORD]


def routed(settings: Settings) -> dict[str, RoutedService]:
    """The services that are switched on and have a host name, by the name that they have in the Swarm."""
    return {
        name.replace("_", "-"): service
        for name, service in settings
        if isinstance(service, RoutedService) and service.enabled
    }
