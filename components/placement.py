"""Which nodes a task may run on, by Swarm's own rules: what can never find one is told, not waited for.

Takes what the engine says of its nodes and what a service asks for; gives in words what no node has. A limit above
what a node has is refused too: Swarm itself would take the one for memory without a word, and it would limit nothing.
Shared by the commands, which look before anything is made, and by the gate, which says why a task found no place. Pure.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pydantic import JsonValue

MIB = 1024 * 1024
NANO_CPUS = 1_000_000_000
KEYS = ("node.id", "node.hostname", "node.ip", "node.role", "node.platform.os", "node.platform.arch")
LABELS, ENGINE_LABELS = "node.labels.", "engine.labels."
ALLOWED = f"KEY==VALUE or KEY!=VALUE, KEY being one of {', '.join(KEYS)}, {LABELS}NAME, {ENGINE_LABELS}NAME"
CONSTRAINT = re.compile(
    rf"\s*(?P<key>(?i:{'|'.join(map(re.escape, KEYS))})|(?i:{LABELS}|{ENGINE_LABELS})[\w.-]+)\s*"
    r"(?P<operator>==|!=)\s*(?P<value>[\w:.*()?+\[\]\\^$|/-][\w\s:.*()?+\[\]\\^$|/-]*)",
    re.ASCII,
)


@dataclass(frozen=True)
class Node:
    """A node of the Swarm.

    Attributes:
        has: What constraints may ask of it, by key; labels it does not have are missing.
    """

    name: str
    has: Mapping[str, str]
    memory_mib: int
    cores: float


@dataclass(frozen=True)
class Need:
    """What each task of a service asks of its node; None asks for nothing."""

    constraints: Sequence[str] = ()
    memory_limit_mib: int | None = None
    memory_reservation_mib: int | None = None
    cpu_limit: float | None = None


@dataclass(frozen=True)
class Misfit:
    """Something that no node has.

    Attributes:
        setting: Its name among the settings of a service.
        text: What was found, what is allowed, what to do.
    """

    setting: str
    text: str


def node(document: Mapping[str, JsonValue]) -> Node:
    """Reads one node of the API."""
    spec, description = _object(document, "Spec"), _object(document, "Description")
    platform, resources = _object(description, "Platform"), _object(description, "Resources")
    has = {
        "node.id": document.get("ID"),
        "node.hostname": description.get("Hostname"),
        "node.ip": _object(document, "Status").get("Addr"),
        "node.role": spec.get("Role"),
        "node.platform.os": platform.get("OS"),
        "node.platform.arch": platform.get("Architecture"),
        **{f"{LABELS}{name}": value for name, value in _object(spec, "Labels").items()},
        **{
            f"{ENGINE_LABELS}{name}": value for name, value in _object(_object(description, "Engine"), "Labels").items()
        },
    }
    return Node(
        name=str(description.get("Hostname") or document.get("ID")),
        has={key: str(value) for key, value in has.items() if value is not None},
        memory_mib=_whole(resources.get("MemoryBytes")) // MIB,
        cores=_whole(resources.get("NanoCPUs")) / NANO_CPUS,
    )


def need_of(template: JsonValue) -> Need:
    """Reads what a task template of the API asks for."""
    spec = template if isinstance(template, dict) else {}
    resources, asked = _object(spec, "Resources"), _object(spec, "Placement").get("Constraints")
    limits, reserved = _object(resources, "Limits"), _object(resources, "Reservations")
    return Need(
        constraints=[str(each) for each in asked] if isinstance(asked, list) else [],
        memory_limit_mib=_whole(limits.get("MemoryBytes")) // MIB or None,
        memory_reservation_mib=_whole(reserved.get("MemoryBytes")) // MIB or None,
        cpu_limit=_whole(limits.get("NanoCPUs")) / NANO_CPUS or None,
    )


def misfits(need: Need, nodes: Sequence[Node]) -> Iterator[Misfit]:
    """Gives what a service asks for and no node has; of constraints first those that no node meets by themselves."""
    unmet = [each for each in need.constraints if not any(_meets(at, each) for at in nodes)]
    allowed = [at for at in nodes if all(_meets(at, each) for each in need.constraints)]
    if unmet or not allowed:
        yield Misfit("placementConstraints", _of_constraints(unmet or need.constraints, nodes))
        return
    for setting, wanted, of_node, unit in _amounts(need):
        largest = max(allowed, key=of_node)
        if wanted is not None and wanted > of_node(largest):
            yield Misfit(
                setting,
                f"found {wanted:.12g}; allowed are {of_node(largest):.12g} {unit}, which is what the largest node that "
                f"it may run on has ({largest.name}); choose a smaller one, or add a larger node",
            )


def in_words(nodes: Sequence[Node]) -> str:
    """The nodes with what tells them apart."""
    return ", ".join(f"{at.name} ({'; '.join(_told(at))})" for at in nodes)


def fault(constraint: str) -> str | None:
    """Says what is wrong with a constraint as it is written; None when nothing is."""
    return None if CONSTRAINT.fullmatch(constraint) else f"found {constraint!r}; allowed is {ALLOWED}"


def _amounts(need: Need) -> list[tuple[str, float | None, Callable[[Node], float], str]]:
    return [
        ("resources.memoryReservationMib", need.memory_reservation_mib, lambda at: at.memory_mib, "MiB"),
        ("resources.memoryLimitMib", need.memory_limit_mib, lambda at: at.memory_mib, "MiB"),
        ("resources.cpuLimit", need.cpu_limit, lambda at: at.cores, "cores"),
    ]


def _of_constraints(unmet: Sequence[str], nodes: Sequence[Node]) -> str:
    match = CONSTRAINT.fullmatch(unmet[0])
    remedy = "change it"
    if match and match["operator"] == "==" and match["key"].lower().startswith(LABELS):
        label = f"{match['key'][len(LABELS) :]}={match['value'].strip()}"
        remedy += f", or label a node: docker node update --label-add {label} {nodes[0].name if nodes else 'NODE'}"
    together = " and ".join(unmet)
    return f"found {together}; allowed is what a node of the Swarm has: {in_words(nodes)}; {remedy}"


def _meets(at: Node, constraint: str) -> bool:
    """Whether Swarm would let a task with the constraint run on the node; a label it does not have is empty."""
    match = CONSTRAINT.fullmatch(constraint)
    if match is None:
        return False
    key, value = match["key"], match["value"].strip()
    for prefix in (*KEYS, LABELS, ENGINE_LABELS):
        if key.lower().startswith(prefix):
            key = prefix + key[len(prefix) :]
    found = at.has.get(key, "")
    is_met = _is_in(found, value) if key == "node.ip" else found.lower() == value.lower()
    return is_met if match["operator"] == "==" else not is_met


def _is_in(address: str, wanted: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address) in ipaddress.ip_network(wanted, strict=False)
    return False


def _told(at: Node) -> Iterator[str]:
    yield f"node.role=={at.has.get('node.role', '')}"
    labels = [f"{key}=={value}" for key, value in sorted(at.has.items()) if key.startswith((LABELS, ENGINE_LABELS))]
    yield " ".join(labels) or "no labels"
    yield f"{at.memory_mib} MiB, {at.cores:g} cores"


def _object(document: Mapping[str, JsonValue], key: str) -> Mapping[str, JsonValue]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _whole(value: JsonValue) -> int:
    return int(value) if isinstance(value, int | float) else 0
