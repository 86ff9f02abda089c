"""What a killed run was about to make: noted in the state, perhaps there on the engine, and in nobody's hands.

pulumi notes a creation before it asks for it, and never learns how one ended that was cut off: an object that was made
all the same would stand in the way of the next run, and each run would warn of it. What is inside LiteLLM and volumes
are adopted by those that make them; the rest holds no data, so it is removed here and made again. Then the notes go.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import docker
from docker.models.services import Service

from operations.locations import PROJECT
from operations.ownership import PROJECT_LABEL, STACK_LABEL

CREATING = "creating"
KINDS = {
    "docker:index/service:Service": "service",
    "docker:index/network:Network": "network",
    "docker:index/secret:Secret": "secret",
    "docker:index/serviceConfig:ServiceConfig": "config",
}
# A database that is just filling its volume is not to be stopped in the middle of that.
SETTLE_SECONDS = 60
STARTING = frozenset({"new", "pending", "assigned", "accepted", "preparing", "ready", "starting"})
# Longer than the longest stop grace period.
STOP_SECONDS = 90


@dataclass(frozen=True)
class HalfMade:
    """An object on the engine that the state only notes."""

    kind: str
    name: str


def notes(deployment: object) -> list[Mapping[str, object]]:
    """The creations in a state of which nobody knows how they ended."""
    return [each for each in _objects(deployment, "pending_operations") if each.get("type") == CREATING]


def objects(deployment: object) -> list[HalfMade]:
    """What of the notes would be on the engine and is not held by the state as well, from another run."""
    noted = [note["resource"] for note in notes(deployment)]
    held = set(_named(_objects(deployment, "resources")))
    # Services first: they use the others.
    return sorted(set(_named(noted)) - held, key=lambda each: (each.kind != "service", each.kind, each.name))


def without_notes(deployment: Mapping[str, object]) -> dict[str, object]:
    """The state without its notes of creations."""
    rest = [each for each in _objects(deployment, "pending_operations") if each.get("type") != CREATING]
    return {**deployment, "pending_operations": rest}


def remove(engine: docker.DockerClient, half_made: Iterable[HalfMade], stack: str) -> list[str]:
    """Removes those that are there and carry our labels; gives their names."""
    removed = []
    for each in half_made:
        # The engine's filter takes the beginning of a name as well.
        for one in getattr(engine, f"{each.kind}s").list(filters={"name": each.name}):
            if one.name != each.name or not _is_of(one.attrs, stack):
                continue
            if each.kind == "service":
                _remove_service(engine, one)
            else:
                one.remove()
            removed.append(each.name)
    return removed


def _remove_service(engine: docker.DockerClient, service: Service) -> None:
    _wait_until(lambda: not _is_starting(service), SETTLE_SECONDS)
    service.remove()  # type: ignore[no-untyped-call]  # the stubs leave it out
    # Its port and its volume are taken as long as its container lives.
    label = f"com.docker.swarm.service.name={service.name}"
    _wait_until(lambda: not engine.containers.list(filters={"label": label}), STOP_SECONDS)


def _is_starting(service: Service) -> bool:
    tasks = service.tasks()  # type: ignore[no-untyped-call]  # the stubs leave it out
    return any(task["Status"]["State"] in STARTING for task in tasks)


def _wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Waits at most so long: what then is wrong shows in the run that follows."""
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.5)


def _is_of(attributes: Mapping[str, object], stack: str) -> bool:
    spec = attributes.get("Spec")
    labels = (spec if isinstance(spec, Mapping) else attributes).get("Labels")
    return isinstance(labels, Mapping) and labels.get(PROJECT_LABEL) == PROJECT and labels.get(STACK_LABEL) == stack


def _named(resources: Iterable[object]) -> Iterator[HalfMade]:
    for resource in resources:
        if isinstance(resource, Mapping) and resource.get("type") in KINDS:
            inputs = resource.get("inputs")
            name = inputs.get("name") if isinstance(inputs, Mapping) else None
            if isinstance(name, str):
                yield HalfMade(KINDS[str(resource["type"])], name)


def _objects(deployment: object, name: str) -> list[Mapping[str, object]]:
    found = deployment.get(name) if isinstance(deployment, Mapping) else None
    return [each for each in found or [] if isinstance(each, Mapping)]
