"""What the settings of the ingress say together with each other and with those of the services.

Takes the whole settings, refuses what contradicts itself or could not work; a single value is checked by its type.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel

from stacks import dns_target, host_names
from stacks.settings_errors import Faults, Path

if TYPE_CHECKING:
    from stacks.settings import Settings

Fault = tuple[Path, str]


def check(settings: Settings) -> None:
    """Passes settings that can work.

    Raises:
        Faults: With one fault for each contradiction, at its place.
    """
    found: dict[Path, str] = {}
    for faults in (_one_traefik, _names, _ports, _replicas, _acme, _passwords, _addresses):
        for place, text in faults(settings):
            found.setdefault(place, text)
    if found:
        raise Faults(found)


def _one_traefik(settings: Settings) -> Iterator[Fault]:
    if settings.traefik.enabled and settings.ingress.existing:
        yield (
            ("ingress", "existing"),
            "found beside traefik.enabled: true; allowed is one of the two; take this out, or set traefik.enabled to "
            "false",
        )


def _names(settings: Settings) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for service, name in host_names.by_service(settings).items():
        first = taken.setdefault(name.lower(), service)
        if first != service:
            yield (
                (to_camel(service.replace("-", "_")), "hostName"),
                f"found {name!r}, which {first} has as well; allowed is a name of its own; give one of the two another",
            )


def _ports(settings: Settings) -> Iterator[Fault]:
    traefik = settings.traefik
    if not traefik.enabled:
        return
    ports = {
        ("traefik", "httpPort"): traefik.http_port,
        ("traefik", "httpsPort"): traefik.https_port,
        ("litellm", "hostPort"): settings.litellm.host_port,
    }
    taken: dict[int, Path] = {}
    for place, port in ports.items():
        if port is not None and taken.setdefault(port, place) != place:
            other = ".".join(map(str, taken[port]))
            yield (
                place,
                f"found {port}, which {other} is as well; allowed is a port of its own, as Traefik publishes all "
                "three; choose another",
            )


def _replicas(settings: Settings) -> Iterator[Fault]:
    traefik, place = settings.traefik, ("traefik", "replicas")
    if not traefik.enabled or traefik.replicas == 1:
        return
    if settings.ingress.certificate == "acme":
        yield (
            place,
            f"found {traefik.replicas}; allowed with ingress.certificate acme is 1, as account and certificates are "
            "in a volume of one node; lower it, or set ingress.certificate to own",
        )
    elif traefik.replicas > settings.docker.nodes:
        yield (
            place,
            f"found {traefik.replicas}; allowed is one a node, as it holds ports of the node, and docker.nodes is "
            f"{settings.docker.nodes}; lower it, or correct docker.nodes",
        )


def _acme(settings: Settings) -> Iterator[Fault]:
    ingress = settings.ingress
    if not settings.traefik.enabled or ingress.certificate != "acme":
        return
    if ingress.acme.email is None:
        yield (
            ("ingress", "acme", "email"),
            "found nothing; allowed with ingress.certificate acme is an e-mail address, which the account is made "
            "with; set it, or set ingress.certificate to own or none",
        )
    local = [name for name in host_names.by_service(settings).values() if name.endswith("localhost")]
    if local and ingress.acme.server is None:
        yield (
            ("ingress", "domain"),
            f"{local[0]} gets no certificate from Let's Encrypt; allowed with ingress.certificate acme is a domain of "
            "the DNS; set it, or set ingress.certificate to own or none",
        )


def _passwords(settings: Settings) -> Iterator[Fault]:
    existing, services = settings.ingress.existing, host_names.by_password(settings)
    if existing and existing.basic_auth_middleware is None and services:
        yield (
            ("ingress", "existing", "basicAuthMiddleware"),
            f"found nothing, but {services[0]} is behind basic auth, and a password hash must not stand in a label; "
            "allowed is a middleware that this Traefik has by file; name it, such as auth@file",
        )


def _addresses(settings: Settings) -> Iterator[Fault]:
    addresses = settings.ingress.addresses
    names = [address for address in addresses if dns_target.kind(address) == "CNAME"]
    if names and len(addresses) > 1:
        yield (
            ("ingress", "addresses"),
            f"found the host name {names[0]} beside others; allowed is one host name alone (a CNAME), or addresses "
            "only; choose one kind",
        )
