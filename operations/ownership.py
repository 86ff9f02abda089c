"""What on the engine has a name of ours, and whether the state knows it.

A service or volume of our name that the state does not mention would be adopted or overwritten without a word: it is
refused before anything is made. The state mentions what it holds and what a killed run was about to make.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import docker
import docker.errors

from operations.errors import Foreign
from operations.locations import PROJECT

SWARM_STACKS = ("llmproxy-data", "llmproxy")
# Longer than the database's stop grace period.
IN_USE_SECONDS = 90
JOB_LABEL = "llmproxy.job-digest"
PROJECT_LABEL, STACK_LABEL = "llmproxy.project", "llmproxy.stack"


@dataclass(frozen=True)
class Live:
    """A service or volume on the engine."""

    kind: str
    name: str
    labels: Mapping[str, str]

    def is_job_of(self, stack: str) -> bool:
        """Whether it is a one-shot job of a stack, which may outlive a killed run."""
        return JOB_LABEL in self.labels and self.is_of(stack)

    def is_of(self, stack: str) -> bool:
        """Whether its labels say that a stack of this project made it."""
        return self.labels.get(PROJECT_LABEL) == PROJECT and self.labels.get(STACK_LABEL) == stack


def of_our_name(engine: docker.DockerClient, prefix: str) -> list[Live]:
    """The services and volumes whose names begin as ours do."""
    begins = tuple(f"{prefix}{swarm_stack}_" for swarm_stack in SWARM_STACKS)
    services = [Live("service", each.name, each.attrs["Spec"].get("Labels") or {}) for each in engine.services.list()]
    volumes = [Live("volume", each.name, each.attrs.get("Labels") or {}) for each in engine.volumes.list()]
    return [each for each in services + volumes if each.name.startswith(begins)]


def mentioned(deployment: object) -> frozenset[str]:
    """Every text in a state: what is not among them, the state does not know."""
    return frozenset(_texts(deployment))


def refuse_unknown(live: list[Live], known: frozenset[str], stack: str) -> None:
    """Refuses what has our name and is not in the state.

    Raises:
        Foreign: Naming each, and the ways out.
    """
    unknown = [each for each in live if each.name not in known and not each.is_job_of(stack)]
    if not unknown:
        return
    names = ", ".join(f"{each.kind} {each.name}" for each in unknown)
    remove = "; ".join(f"docker {each.kind} rm {each.name}" for each in unknown)
    raise Foreign(
        f"Docker Swarm: {names}: found on the engine, but the state of stack {stack} does not know of it; bring back "
        f"the LLMPROXY_HOME or backend that made it, choose another namePrefix, or remove it with its data: {remove}"
    )


def remove_jobs(engine: docker.DockerClient, prefix: str, stack: str) -> list[str]:
    """Removes the one-shot jobs that a killed run left; gives their names."""
    jobs = [each.name for each in of_our_name(engine, prefix) if each.kind == "service" and each.is_job_of(stack)]
    for name in jobs:
        _remove(engine, "service", name)
        _remove_ended_containers(engine, name)
    return jobs


def _remove_ended_containers(engine: docker.DockerClient, service: str) -> None:
    """Swarm 20.10 leaves the container of a job's task that had ended when its service went (measured)."""
    filters: dict[str, str | list[str] | bool] = {
        "label": f"com.docker.swarm.service.name={service}",
        "status": "exited",
    }
    for container in engine.containers.list(all=True, filters=filters):
        container.remove()


def remove_labelled(engine: docker.DockerClient, prefix: str, stack: str) -> list[str]:
    """Removes every service and volume that has our name and our labels; gives their names."""
    ours = [each for each in of_our_name(engine, prefix) if each.is_of(stack)]
    for each in sorted(ours, key=lambda each: each.kind):  # services before volumes
        _remove(engine, each.kind, each.name)
    return [each.name for each in ours]


def _remove(engine: docker.DockerClient, kind: str, name: str) -> None:
    """Removes it; a volume stays in use until the containers of a removed service are gone."""
    ends = time.monotonic() + IN_USE_SECONDS
    while True:
        try:
            (engine.services if kind == "service" else engine.volumes).get(name).remove()
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if error.status_code != HTTPStatus.CONFLICT or time.monotonic() > ends:
                raise
            time.sleep(1)
        else:
            return


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
