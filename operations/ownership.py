"""What on the engine has a name of ours, and whether the state knows it.

A service or volume of our name that the state does not mention would be adopted or overwritten without a word, and
Docker makes no second network of a name: each is refused before anything is made. The state mentions what it holds and
what a killed run was about to make. Configs and secrets have names that are new each time; whose they are stands in
their labels.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docker

from operations import swarm
from operations.errors import Foreign
from operations.locations import PROJECT
from stacks.settings import Settings

SWARM_STACKS = ("llmproxy-data", "llmproxy", "portainer", "monitoring")
PUBLIC = "public"
NETWORKS = ("llmproxy_internal", PUBLIC, "monitoring", "portainer_agent", "portainer_socket-proxy")
# What is named first may use what follows.
KINDS = ("service", "volume", "network", "config", "secret")
OF_A_SWARM = frozenset({"service", "config", "secret"})
JOB_LABEL = "llmproxy.job-digest"
SCHEDULED_JOB_LABEL = "llmproxy.job"
HANDOVER_LABEL = "llmproxy.handover"
PROJECT_LABEL, STACK_LABEL = "llmproxy.project", "llmproxy.stack"
NAMESPACE_LABEL = "com.docker.stack.namespace"
TOKEN_LABEL = "llmproxy.volume-token"  # noqa: S105  names a label, is none


@dataclass(frozen=True)
class Live:
    """A service, volume, network, config or secret on the engine."""

    kind: str
    name: str
    labels: Mapping[str, str]

    def is_job_of(self, stack: str) -> bool:
        """Whether it is a job of a stack, which may outlive a killed run: the next one ends or adopts it."""
        return not self.labels.keys().isdisjoint((JOB_LABEL, SCHEDULED_JOB_LABEL)) and self.is_of(stack)

    def is_clone_of(self, stack: str) -> bool:
        """Whether it serves in a service's place while its key changes; the next `up` after a killed one removes it."""
        return HANDOVER_LABEL in self.labels and self.is_of(stack)

    def is_kept_of(self, stack: str) -> bool:
        """Whether it is the volume of a service that was switched off or taken down, which its service takes again.

        The database's is none: it bears the token by which its own state knows it.
        """
        return self.kind == "volume" and self.is_of(stack) and TOKEN_LABEL not in self.labels

    def is_of(self, stack: str) -> bool:
        """Whether its labels say that a stack of this project made it."""
        return self.labels.get(PROJECT_LABEL) == PROJECT and self.labels.get(STACK_LABEL) == stack


def made_under(settings: Settings) -> list[str]:
    """The Swarm stacks that the settings make something of; others may have the names of the rest."""
    netdata = settings.netdata.enabled
    is_made = {"portainer": settings.portainer.enabled or settings.traefik.enabled or netdata, "monitoring": netdata}
    return [swarm_stack for swarm_stack in SWARM_STACKS if is_made.get(swarm_stack, True)]


def of_our_name(
    engine: docker.DockerClient, prefix: str, swarm_stacks: Sequence[str] = SWARM_STACKS, *, joined: str | None = None
) -> list[Live]:
    """The services and volumes whose names begin as ours do, and the networks that have a name of ours.

    Args:
        swarm_stacks: Those that count.
        joined: The network of others that our services join by setting: whatever its name, it is theirs.
    """
    begins = tuple(f"{prefix}{swarm_stack}_" for swarm_stack in swarm_stacks)
    names = {f"{prefix}{network}" for network in NETWORKS} - {joined}
    found = [each for kind in ("service", "volume") for each in _all(engine, kind) if each.name.startswith(begins)]
    return found + [each for each in _all(engine, "network") if each.name in names]


def labelled(engine: docker.DockerClient, prefix: str, stack: str) -> list[Live]:
    """All that a stack of this project made under a prefix, by its labels."""
    namespaces = {f"{prefix}{swarm_stack}" for swarm_stack in SWARM_STACKS}
    # An engine in no Swarm answers for volumes and networks alone.
    kinds = KINDS if swarm.manages(engine) else [kind for kind in KINDS if kind not in OF_A_SWARM]
    found = [each for kind in kinds for each in _all(engine, kind)]
    return [each for each in found if each.is_of(stack) and each.labels.get(NAMESPACE_LABEL) in namespaces]


def without_service(engine: docker.DockerClient, prefix: str, stack: str) -> list[str]:
    """The volumes of a stack on the engine's node that no service mounts: what a service left that is switched off."""
    volumes = [each.name for each in labelled(engine, prefix, stack) if each.kind == "volume"]
    mounted = {source for service in engine.services.list() for source in _mounted(service.attrs)}
    return [name for name in volumes if name not in mounted]


def in_words(kept: list[str]) -> str:
    """Says of volumes that they are kept, and what removes them."""
    remedy = f"to remove their data: docker volume rm {' '.join(kept)}"
    return f"volumes kept without their service: {', '.join(kept)}; {remedy}"


def mentioned(deployment: object) -> frozenset[str]:
    """Every text in a state: what is not among them, the state does not know."""
    return frozenset(_texts(deployment))


def refuse_unknown(live: list[Live], known: frozenset[str], stack: str) -> None:
    """Refuses what has our name and is not in the state.

    Raises:
        Foreign: Naming each, and the ways out.
    """
    strangers = [
        each for each in live if not (each.is_job_of(stack) or each.is_clone_of(stack) or each.is_kept_of(stack))
    ]
    unknown = [each for each in strangers if each.name not in known]
    if not unknown:
        return
    names = ", ".join(f"{each.kind} {each.name}" for each in unknown)
    joins = any(each.kind == "network" and each.name.endswith(PUBLIC) for each in unknown)
    join = "join a network of others with the setting ingress.existing, " if joins else ""
    remove = "; once its containers are gone: ".join(_removals(unknown))
    raise Foreign(
        f"Docker Swarm: {names}: found on the engine, but the state of stack {stack} does not know of it; bring back "
        f"the LLMPROXY_HOME or backend that made it, choose another namePrefix, {join}or remove it with its data: "
        f"{remove}"
    )


def _removals(unknown: list[Live]) -> Iterator[str]:
    """The commands that remove what was found; what a service used stays in use while its containers end."""
    for group in (["service"], ["volume", "network"]):
        commands = [f"docker {each.kind} rm {each.name}" for each in unknown if each.kind in group]
        if commands:
            yield "; ".join(commands)


def _all(engine: docker.DockerClient, kind: str) -> list[Live]:
    """Every object of a kind; services, configs and secrets have their labels in a spec."""
    listed = getattr(engine, f"{kind}s").list()
    return [Live(kind, each.name, each.attrs.get("Spec", each.attrs).get("Labels") or {}) for each in listed]


def _mounted(service: Mapping[str, Any]) -> list[str]:
    mounts = service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Mounts") or []
    return [mount["Source"] for mount in mounts if mount.get("Type") == "volume" and "Source" in mount]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
