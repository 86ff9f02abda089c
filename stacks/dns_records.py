"""The DNS records that the public host names need, and the addresses under which the services then answer.

Takes the settings, gives plain records: for the stack outputs, and for commands that compare them with what is
resolved. Names under localhost need no record: every resolver knows them. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from stacks import host_names
from stacks.dns_target import Kind, kind
from stacks.settings import Settings

HTTPS_PORT = 443


@dataclass(frozen=True)
class DnsRecord:
    """One record.

    Attributes:
        service: Whose name it is.
        host: The name.
        kind: Its type; None while `ingress.addresses` does not say where Traefik is.
        value: What it points to; None likewise.
    """

    service: str
    host: str
    kind: Kind | None
    value: str | None


def records(settings: Settings) -> list[DnsRecord]:
    """The records of all services that are switched on, one for each name and address."""
    hosts = {service: host for service, host in host_names.by_service(settings).items() if needs_record(host)}
    targets = settings.ingress.addresses
    if not targets:
        return [DnsRecord(service, host, None, None) for service, host in hosts.items()]
    return [DnsRecord(service, host, kind(target), target) for service, host in hosts.items() for target in targets]


def urls(settings: Settings) -> dict[str, str]:
    """The public address of each service that is switched on."""
    port = settings.traefik.https_port if settings.traefik.enabled else HTTPS_PORT
    suffix = "" if port == HTTPS_PORT else f":{port}"
    return {service: f"https://{host}{suffix}" for service, host in host_names.by_service(settings).items()}


def needs_record(host: str) -> bool:
    """Whether a name has to be in the DNS: localhost and what is below it leads to the machine itself."""
    return host != "localhost" and not host.endswith(".localhost")
