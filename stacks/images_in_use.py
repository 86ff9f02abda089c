"""Which images the services that are switched on run, so that no other is built or asked for.

Takes the settings, gives one `Use` for each service. Apart from `images.py`, which says what an image's reference is.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.settings import Settings


@dataclass(frozen=True)
class Use:
    """One service's image.

    Attributes:
        image: Its row in the table of images.
        setting: The path of the service's own image setting.
        own: What that says; None leaves it to `imageSource`.
    """

    image: str
    setting: str
    own: str | None


def in_use(settings: Settings) -> list[Use]:
    """The images of all services that are switched on."""
    return [*_of_the_gateway(settings), *_of_the_edge(settings), *_of_the_rest(settings)]


def _of_the_gateway(settings: Settings) -> Iterator[Use]:
    if settings.postgres.external is None:
        yield Use("postgres", "postgres.image", settings.postgres.image)
    if settings.redis.enabled and settings.redis.external is None:
        yield Use("redis", "redis.image", settings.redis.image)
    # The clean-up runs in the database's image, whoever runs the database.
    if settings.db_cleanup.enabled:
        yield Use("postgres", "dbCleanup.image", settings.db_cleanup.image or settings.postgres.image)
    yield Use("litellm", "litellm.image", settings.litellm.image)


def _of_the_edge(settings: Settings) -> Iterator[Use]:
    portainer, traefik = settings.portainer, settings.traefik
    if traefik.enabled:
        yield Use("traefik", "traefik.image", traefik.image)
    if settings.has_socket_proxy:
        yield Use("socket-proxy", "socketProxy.image", settings.socket_proxy.image)
    if portainer.enabled:
        yield Use("portainer", "portainer.image", portainer.image)
        yield Use("portainer-agent", "portainer.agent.image", portainer.agent.image)


def _of_the_rest(settings: Settings) -> Iterator[Use]:
    antigravity, cli, cronjob = settings.antigravity_manager, settings.cli_proxy_api, settings.swarm_cronjob
    if antigravity.enabled:
        yield Use("antigravity-manager", "antigravityManager.image", antigravity.image)
    if cli.enabled:
        yield Use("cli-proxy-api", "cliProxyApi.image", cli.image)
    if cronjob.enabled:
        yield Use("swarm-cronjob", "swarmCronjob.image", cronjob.image)
        yield Use("python", "swarmCronjob.keeper.image", cronjob.keeper.image)
    if settings.netdata.enabled:
        yield Use("netdata", "netdata.image", settings.netdata.image)
        yield Use("python", "netdata.discovery.image", settings.netdata.discovery.image)
