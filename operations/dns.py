"""What this machine's resolver says of the public host names, against the records that they need.

Takes settings, gives for each host name what was found and what is wanted. Looked at before a certificate is ordered:
an ACME server that cannot reach a name counts the failure against a limit.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass

from stacks import dns_records
from stacks.dns_records import DnsRecord
from stacks.settings import Settings

Resolve = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Resolved:
    """One host name.

    Attributes:
        records: What the DNS should hold; without a value while `ingress.addresses` is empty.
        found: The addresses that the name leads to.
        wanted: The addresses that it should lead to; empty where the settings do not say.
    """

    host: str
    records: tuple[DnsRecord, ...]
    found: frozenset[str]
    wanted: frozenset[str]

    @property
    def is_right(self) -> bool:
        """Whether it leads somewhere, and nowhere but where it should."""
        return bool(self.found) and (not self.wanted or self.found == self.wanted)

    def in_words(self) -> str:
        """What was found and, where that is wrong, the records to set."""
        found = ", ".join(sorted(self.found)) or "no address"
        if self.is_right:
            return f"{self.host}: {found}"
        records = [f"{self.host} {each.kind} {each.value}" for each in self.records if each.value]
        remedy = (
            f"set in your DNS: {'; '.join(records)}"
            if records
            else ("set a record for it in your DNS that leads to the nodes with Traefik, named in ingress.addresses")
        )
        return f"{self.host}: found {found}; {remedy}; a certificate is only to be had once it leads here"


def resolve(host: str) -> frozenset[str]:
    """The addresses of a name by this machine's resolver; none where it knows none."""
    try:
        return frozenset(str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except OSError:
        return frozenset()


def compare(settings: Settings, resolve: Resolve = resolve) -> list[Resolved]:
    """Every public host name that needs a record; names that Cloudflare proxies need only lead somewhere."""
    hosts: dict[str, list[DnsRecord]] = {}
    for record in dns_records.records(settings):
        hosts.setdefault(record.host, []).append(record)
    return [_resolved(host, records, settings, resolve) for host, records in hosts.items()]


def _resolved(host: str, records: list[DnsRecord], settings: Settings, resolve: Resolve) -> Resolved:
    wanted: frozenset[str] = frozenset()
    if not settings.ingress.trust_cloudflare_addresses:
        values = [(record.kind, record.value) for record in records if record.value]
        wanted = frozenset(
            address for kind, value in values for address in (resolve(value) if kind == "CNAME" else {value})
        )
    return Resolved(host, tuple(records), resolve(host), wanted)
