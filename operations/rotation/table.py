"""The secrets that `make rotate` replaces, one row each.

Takes a name as it is typed, gives where the secret stands in the stack's config, how a new value is drawn and what must
be so for it to be used. Pure.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from operations.errors import OperationsError
from stacks import host_names
from stacks.settings import Settings

UI_VARIABLE = "UI_PASSWORD"
# LiteLLM takes a master key only with this prefix.
MASTER_KEY_PREFIX = "sk-"
PREVIOUS = "-previous"
_OFF = "nothing uses it, as {0}.enabled is false; switch {0} on first"


def _drawn() -> str:
    # Letters and digits: these are typed, stand in URLs and in files of many formats.
    return secrets.token_hex(20)


def _master_key() -> str:
    return MASTER_KEY_PREFIX + secrets.token_urlsafe(32)


def _always(_settings: Settings) -> str | None:
    return None


def _needs_ui_variable(settings: Settings) -> str | None:
    if UI_VARIABLE in settings.litellm.secret_environment:
        return None
    place = "llmproxy:settings.litellm.secretEnvironment"
    return (
        f"{UI_VARIABLE} is not in {place}: the UI's password is the master key; rotate that one, or first type: "
        f"pulumi config set --path '{place}[0]' {UI_VARIABLE}"
    )


def _needs_our_database(settings: Settings) -> str | None:
    if settings.postgres.external is None:
        return None
    return (
        "the database is run by others (postgres.external): give the role its new password there, then type: "
        "pulumi config set --secret llmproxy:db-password && make up"
    )


def _needs_our_portainer(settings: Settings) -> str | None:
    if not settings.portainer.enabled:
        return "Portainer is switched off; switch it on first: its password is changed through its own API"
    if not settings.traefik.enabled and settings.ingress.existing is None:
        return "Portainer has no host name, as nothing routes to it; switch traefik on first"
    return None


def _needs_portainer_itself(settings: Settings) -> str | None:
    return None if settings.portainer.enabled else _OFF.format("portainer")


def _needs_antigravity_manager(settings: Settings) -> str | None:
    return None if settings.antigravity_manager.enabled else _OFF.format("antigravityManager")


def _needs_cli_proxy_api(settings: Settings) -> str | None:
    return None if settings.cli_proxy_api.enabled else _OFF.format("cliProxyApi")


def _needs_our_redis(settings: Settings) -> str | None:
    if settings.redis.external is not None:
        return (
            "the Redis is run by others (redis.external): give it its new password there, then type: "
            "pulumi config set --secret llmproxy:redis-password && make up"
        )
    return None if settings.redis.enabled else _OFF.format("redis")


def _needs_netdata_and_our_database(settings: Settings) -> str | None:
    if settings.postgres.external is not None:
        return "the database is run by others (postgres.external), and so is the role by which Netdata asks it"
    return None if settings.netdata.enabled else _OFF.format("netdata")


def _needs_basic_auth(settings: Settings) -> str | None:
    if settings.ingress.existing is not None:
        return "the Traefik is run by others (ingress.existing): its middleware asks for the password; change it there"
    if host_names.by_password(settings):
        return None
    return "no service that is routed asks for it; switch traefik and a service with basicAuth on first"


@dataclass(frozen=True)
class Rotation:
    """A secret that can be replaced.

    Attributes:
        name: As it is typed.
        key: In the stack's config.
        draws: Gives a new value.
        why_not: In words why it cannot be replaced under these settings; None where it can.
        outweighed_by: Another config key that the services take instead wherever it has a value; empty: none.
        keeps_previous: The value of before stays in the config until the new one is in use everywhere: it is needed to
            get in with, and a rotation that was killed goes on with it.
    """

    name: str
    key: str
    draws: Callable[[], str] = _drawn
    why_not: Callable[[Settings], str | None] = _always
    outweighed_by: str = ""
    keeps_previous: bool = False

    @property
    def previous_key(self) -> str:
        """Where the value of before stands meanwhile."""
        return f"{self.key}{PREVIOUS}"


PORTAINER_ADMIN = Rotation(
    "portainer-admin-password",
    "llmproxy:portainer-admin-password",
    why_not=_needs_our_portainer,
    keeps_previous=True,
)
MASTER_KEY = Rotation("litellm-master-key", "llmproxy:litellm-master-key", draws=_master_key, keeps_previous=True)
ROTATIONS = {
    rotation.name: rotation
    for rotation in (
        PORTAINER_ADMIN,
        *(
            Rotation(name, f"llmproxy:{name}", why_not=why_not)
            for name, why_not in (
                ("portainer-agent-secret", _needs_portainer_itself),
                ("antigravity-api-key", _needs_antigravity_manager),
                ("antigravity-web-password", _needs_antigravity_manager),
                ("cli-proxy-api-key", _needs_cli_proxy_api),
                ("cli-proxy-api-management-key", _needs_cli_proxy_api),
                ("redis-password", _needs_our_redis),
                ("netdata-db-password", _needs_netdata_and_our_database),
            )
        ),
        Rotation(
            "basic-auth-password",
            "llmproxy:basic-auth-password",
            why_not=_needs_basic_auth,
            outweighed_by="llmproxy:basic-auth-htpasswd",
        ),
        Rotation("db-password", "llmproxy:db-password", why_not=_needs_our_database),
        Rotation("ui-password", f"litellm-environment:{UI_VARIABLE}", why_not=_needs_ui_variable),
        MASTER_KEY,
    )
}


def find(name: str | None) -> Rotation:
    """The rotation of that name.

    Raises:
        OperationsError: There is none; the text names all.
    """
    found = ROTATIONS.get(name or "")
    if found is None:
        allowed = ", ".join(ROTATIONS)
        raise OperationsError(
            f"SECRET: found {name or 'nothing'!r}, allowed are {allowed}; for instance: make rotate SECRET=ui-password"
        )
    return found
