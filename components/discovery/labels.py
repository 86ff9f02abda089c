"""Which databases the labels of the Swarm's services name for Netdata.

Takes services as the engine tells of them, gives the jobs and what is wrong with the labels that give none. A dsn may
hold a password, so no complaint shows one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NAME = "netdata.postgres.name"
DSN = "netdata.postgres.dsn"
NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
SCHEMES = ("postgres", "postgresql")
OURS = "llmproxy.project"
# Options that read files of Netdata's container, which hold passwords, or ask another server than the URL names.
ONLY_OURS = frozenset(
    {"host", "hostaddr", "passfile", "service", "servicefile", "sslcert", "sslkey", "sslpassword", "sslrootcert"}
)
REMEDY = f"correct the labels {NAME} and {DSN} of the service"


@dataclass(frozen=True)
class Found:
    """What the labels say.

    Attributes:
        databases: Name and dsn of each database, by name.
        refused: One line for each service whose labels give no job.
    """

    databases: Mapping[str, str]
    refused: Sequence[str]


def databases(services: Sequence[Mapping[str, Any]], *, network: str) -> Found:
    """Reads the labels; of two services with one name the older keeps it, one of this program's before all others.

    Args:
        services: All of the Swarm.
        network: Id of the network on which Netdata reaches databases. A second installation's is on its own, and no
            mistake.
    """
    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    refused: list[str] = []
    for service in sorted(services, key=_age_with_ours_first):
        spec = service.get("Spec") or {}
        labels, owner = spec.get("Labels") or {}, str(spec.get("Name"))
        if NAME not in labels and DSN not in labels:
            continue
        is_reached = any(one.get("Target") == network for one in spec.get("TaskTemplate", {}).get("Networks") or [])
        if not is_reached and OURS in labels:
            continue
        name, dsn = str(labels.get(NAME, "")), str(labels.get(DSN, ""))
        # Netdata writes a dot as `_`: two names that differ in that only are one to it.
        key = name.replace(".", "_")
        fault = _fault(name, dsn, is_ours=OURS in labels) or (
            f"the name {name!r} is taken by service {owners[key]}" if key in owners else ""
        )
        if not fault and not is_reached:
            fault = "it is not on the network monitoring, where Netdata looks for databases; let it join"
        if fault:
            refused.append(f"service {owner}: {fault}; it is left out; {REMEDY}")
        else:
            owners[key], found[name] = owner, dsn
    return Found(found, refused)


def _age_with_ours_first(service: Mapping[str, Any]) -> tuple[bool, str, str]:
    labels = (service.get("Spec") or {}).get("Labels") or {}
    return OURS not in labels, str(service.get("CreatedAt")), str(service.get("ID"))


def _fault(name: str, dsn: str, *, is_ours: bool) -> str:
    if not NAMES.fullmatch(name):
        return f"{NAME} is {name!r}; allowed are letters, digits, '_', '-' and '.', at most 64, a letter or digit first"
    if not dsn:
        return f"{DSN} is missing; allowed is postgresql://user:password@host:port/database"
    if any(ord(sign) <= ord(" ") or ord(sign) == 127 for sign in dsn):
        return f"{DSN} holds a space, line break or control sign; allowed is one URL, with such signs escaped by %"
    try:
        url = urlsplit(dsn)
        fits = url.scheme in SCHEMES and bool(url.hostname) and url.port != 0
    except ValueError:
        fits = False
    if not fits:
        return f"{DSN} is no URL of a database; allowed is postgresql://user:password@host:port/database"
    options = set() if is_ours else {option.lower() for option, _ in parse_qsl(url.query, keep_blank_values=True)}
    refused = ", ".join(sorted(options & ONLY_OURS))
    return f"{DSN} has the options {refused}, which read files or lead elsewhere; take them out" if refused else ""
