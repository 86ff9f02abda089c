"""Whether the services answer from outside: one short request to each public host name and published port.

Takes the settings and the services' labels, gives for each service its doors; all are asked at once.
"""

import http.client
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from operations import https_door, state
from operations.engine import LOCAL
from operations.https_door import Address
from operations.status.engine_words import Json, hosts_of
from operations.status.model import Door
from stacks.settings import Settings

SECONDS = 5
AT_ONCE = 16
HTTPS_PORT = 443
LOOPBACK = "127.0.0.1"
# Traefik's own word for a host that it does not route, and a gateway's for a service that it does not reach.
NO_ROUTE = frozenset({404, 502, 503, 504})


def addresses(services: Iterable[Json], settings: Settings, authority: Path) -> dict[str, list[Address]]:
    """Where each service, by its Swarm name, is reached; nothing for those that are not."""
    found = {
        service["Spec"]["Name"]: [address_of(host, settings, authority) for host in hosts_of(service)]
        for service in services
    }
    gateway, machine = f"{settings.name_prefix}{state.GATEWAY}", machine_of(settings.docker.host)
    if gateway in found and settings.litellm.host_port is not None:
        found[gateway].append(Address(machine, machine, settings.litellm.host_port, is_tls=False))
    return found


def address_of(host: str, settings: Settings, authority: Path) -> Address:
    """Where a public host name is reached; of an ingress of others only DNS says where it listens."""
    if settings.ingress.existing:
        return Address(host, host, HTTPS_PORT, authority=authority)
    return Address(host, machine_of(settings.docker.host), settings.traefik.https_port, authority=authority)


def machine_of(docker_host: str) -> str:
    """The machine of an engine, as its published ports are reached from here."""
    return LOOPBACK if docker_host.startswith(LOCAL) else urlsplit(docker_host).hostname or LOOPBACK


def ask_all(wanted: Mapping[str, Sequence[Address]]) -> dict[str, tuple[Door, ...]]:
    """The doors of each service."""
    flat = [address for those in wanted.values() for address in those]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        answers = dict(zip(flat, pool.map(ask, flat), strict=True))
    return {name: tuple(answers[address] for address in those) for name, those in wanted.items()}


def ask(address: Address) -> Door:
    """One door."""
    try:
        shown = https_door.certificate(address, SECONDS) if address.is_tls else None
        answer = https_door.request(address, seconds=SECONDS, verifies=False)
    except (OSError, http.client.HTTPException) as error:
        return Door(address.url, f"does not answer ({getattr(error, 'strerror', None) or error})", is_well=False)
    ends, distrust = (shown.ends, shown.distrust) if shown else (None, None)
    return Door(address.url, str(answer.status), answer.status not in NO_ROUTE, ends, distrust)
