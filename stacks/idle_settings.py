"""Settings that somebody wrote and that nothing would read, as something else in the settings stands against it.

Takes the whole settings, refuses them: who asks for a password, a limit or a list must not believe that it is there.
What a service that is switched off has in its own settings waits for it and is no mistake, and neither are names and
addresses (`domain`, `addresses`, `hostName`) while nothing routes. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel, to_snake

from stacks import host_names
from stacks.settings_base import Strict
from stacks.settings_errors import Faults, shown

if TYPE_CHECKING:
    from stacks.settings import Settings

NO_INGRESS = (
    "traefik.enabled is false and ingress.existing is not set, so that nothing routes; allowed is it with one of the "
    "two; set one, or take this out"
)
NOT_OURS = "traefik.enabled is false; allowed is it with our Traefik only; set that to true, or take this out"
THEIRS = (
    "ingress.existing is set, whose Traefik has its own; allowed is it with our Traefik only; take this out, and have "
    "it set there"
)


@dataclass(frozen=True)
class Rule:
    """When nothing reads a setting.

    Attributes:
        path: Of the setting.
        why: What stands against it, what is allowed and what to do.
        is_idle: Whether that is so.
    """

    path: str
    why: str
    is_idle: Callable[[Settings], bool]


def _nothing_routes(settings: Settings) -> bool:
    return not settings.traefik.enabled and settings.ingress.existing is None


def _is_others(settings: Settings) -> bool:
    return settings.ingress.existing is not None


def _server_of_others(service: str) -> str:
    return f"{service}.external is set, so that none of ours runs; allowed is one of the two; take one of them out"


def _database_image_is_idle(settings: Settings) -> bool:
    # The clean-up runs in the database's image, whoever runs the database.
    cleanup = settings.db_cleanup
    return settings.postgres.external is not None and not (cleanup.enabled and cleanup.image is None)


RULES = (
    *(Rule(f"ingress.{name}", NO_INGRESS, _nothing_routes) for name in ("allowList", "rateLimit", "securityHeaders")),
    Rule("ingress.trustCloudflareAddresses", NO_INGRESS, _nothing_routes),
    Rule(
        "ingress.trustCloudflareAddresses",
        "beside ingress.existing only allowList and rateLimit look at it, and neither is set; allowed is it with one "
        "of them; set one, or take this out",
        lambda settings: _is_others(settings) and not (settings.ingress.allow_list or settings.ingress.rate_limit),
    ),
    *(Rule(f"ingress.{name}", THEIRS, _is_others) for name in ("certificate", "acme", "basicAuthUser")),
    Rule(
        "ingress.acme",
        "ingress.certificate is not acme; allowed is it with acme only; set that to acme, or take this out",
        lambda settings: settings.traefik.enabled and settings.ingress.certificate != "acme",
    ),
    Rule(
        "ingress.acme.resolvers",
        "ingress.acme.challenge is http, which asks no DNS; allowed is it with dns-cloudflare; choose that, or take "
        "this out",
        lambda settings: settings.ingress.acme.challenge == "http",
    ),
    Rule("traefik.dashboard", NOT_OURS, lambda settings: not settings.traefik.enabled),
    Rule("litellm.hostPortAllowList", NOT_OURS, lambda settings: not settings.traefik.enabled),
    Rule(
        "litellm.hostPortAllowList",
        "litellm.hostPort is null; allowed is it with a port only; give one, or take this out",
        lambda settings: settings.litellm.host_port is None,
    ),
    Rule("postgres.image", _server_of_others("postgres"), _database_image_is_idle),
    *(
        Rule(f"postgres.{name}", _server_of_others("postgres"), lambda settings: settings.postgres.external is not None)
        for name in ("maxConnections", "resources", "placementConstraints")
    ),
    *(
        Rule(f"redis.{name}", _server_of_others("redis"), lambda settings: settings.redis.external is not None)
        for name in ("image", "maxMemoryMib", "resources", "placementConstraints")
    ),
    Rule(
        "redis.cacheSeconds",
        "redis.cacheAnswers is false; allowed is it with true only; set that to true, or take this out",
        lambda settings: settings.redis.enabled and not settings.redis.cache_answers,
    ),
)


def check(settings: Settings) -> None:
    """Passes settings of which each is read.

    Raises:
        Faults: With one fault for each that is not, at its place.
    """
    found: dict[tuple[int | str, ...], str] = {}
    for path, why in (*_by_rules(settings), *_passwords(settings)):
        found.setdefault(tuple(path.split(".")), why)
    if found:
        raise Faults(found)


def _by_rules(settings: Settings) -> Iterator[tuple[str, str]]:
    for rule in RULES:
        asked = _asked(settings, rule.path)
        if asked and rule.is_idle(settings):
            value = asked.model_dump() if isinstance(asked, Strict) else asked
            yield rule.path, f"found {shown(value)}, but {rule.why}"


def _passwords(settings: Settings) -> Iterator[tuple[str, str]]:
    for name, service in host_names.routed(settings).items():
        path = f"{to_camel(name.replace('-', '_'))}.basicAuth"
        if service.basic_auth and _nothing_routes(settings):
            yield path, f"found true, but {NO_INGRESS}"
        if (
            name in host_names.ALWAYS_BY_PASSWORD
            and "basic_auth" in service.model_fields_set
            and not service.basic_auth
        ):
            yield path, "found false; allowed is true, as it has no log-in of its own; take this out"


def _asked(settings: Settings, path: str) -> object:
    """What somebody wrote there; None where nobody did."""
    value: object = settings
    for name in map(to_snake, path.split(".")):
        if not isinstance(value, Strict) or name not in value.model_fields_set:
            return None
        value = getattr(value, name)
    return value
