"""What the tests of scheduled jobs share: the properties of one, and a keeper that works in the test's own process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from components.job_keeper.engine import Engine, EngineError
from components.job_keeper.keeper import Keeper
from components.scheduled_job import ScheduledJobProvider
from tests.components.conftest import HOST, IMAGE, RealSwarm

LABELS = {"llmproxy.project": "test"}


def props(swarm: RealSwarm, script: str, **changed: Any) -> dict[str, Any]:
    """A job of the shell; nothing starts it but the test."""
    return {
        "docker_host": HOST,
        "service_name": f"{swarm.prefix}job",
        "labels": {**LABELS, "llmproxy.stack": swarm.prefix},
        "image": IMAGE,
        "command": ["sh", "-c"],
        "args": [script],
        "networks": [],
        "secrets": [],
        "configs": [],
        "placement_constraints": [],
        "user": "",
        "job": "job",
        "schedule": "0 0 1 1 *",
        "time_zone": "UTC",
        "late_after_seconds": 86400,
        "memory_limit_mib": 0,
        "memory_reservation_mib": 0,
        "cpu_limit": 0,
        "wait_seconds": 30,
        "changed_by_hand": {},
        **changed,
    }


def made(wanted: dict[str, Any]) -> dict[str, Any]:
    """The state of the job after its creation."""
    return dict(ScheduledJobProvider().create(wanted).outs or {})


def keeper_of(swarm: RealSwarm) -> Keeper:
    """A keeper of this test's jobs alone."""
    return Keeper(Engine(), [f"llmproxy.stack={swarm.prefix}"], say=lambda _line: None)


@contextmanager
def looking(keeper: Keeper) -> Iterator[None]:
    """Lets the keeper look all the time, as its container does."""
    ends = threading.Event()

    def work() -> None:
        while not ends.wait(0.3):
            try:
                keeper.look()
            except EngineError as error:
                keeper.say(str(error))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        ends.set()
        worker.join()


def spec(swarm: RealSwarm, name: str = "job") -> dict[str, Any]:
    found: dict[str, Any] = swarm.client.inspect_service(f"{swarm.prefix}{name}")["Spec"]
    return found


def report(swarm: RealSwarm, name: str = "job") -> dict[str, str]:
    """The report labels, by their last words."""
    labels: dict[str, str] = spec(swarm, name)["Labels"]
    begins = "llmproxy.job."
    return {key.removeprefix(begins): value for key, value in labels.items() if key.startswith(begins)}


def replicas(swarm: RealSwarm, name: str = "job") -> int:
    return int(spec(swarm, name)["Mode"]["Replicated"]["Replicas"])


def change(swarm: RealSwarm, how: Callable[[dict[str, Any]], object], name: str = "job") -> None:
    """Changes a service by hand."""
    service = swarm.client.inspect_service(f"{swarm.prefix}{name}")
    how(service["Spec"])
    url = swarm.client._url("/services/{0}/update", service["ID"])
    response = swarm.client._post_json(url, data=service["Spec"], params={"version": service["Version"]["Index"]})
    swarm.client._raise_for_status(response)


def scale(swarm: RealSwarm, number: int = 1, name: str = "job") -> None:
    """`docker service scale <job>=<number>`, as the engine gets it."""
    change(swarm, lambda spec: spec["Mode"]["Replicated"].update(Replicas=number), name)


def as_swarm_cronjob(swarm: RealSwarm) -> None:
    """Starts a run as swarm-cronjob 1.16.0 does."""
    version = swarm.client.inspect_service(f"{swarm.prefix}job")["Version"]["Index"]

    def start(spec: dict[str, Any]) -> None:
        spec["Mode"]["Replicated"]["Replicas"] = 1
        spec["TaskTemplate"]["ForceUpdate"] = version

    change(swarm, start)


def eventually(true: Callable[[], object], what: str, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"not after {seconds:.0f} s: {what}"
        time.sleep(0.1)


def runs_seen(swarm: RealSwarm) -> set[str]:
    """The containers that this test's job has had, as the engine's events tell: also those that are gone."""
    filters = {"event": "start", "type": "container"}
    found = swarm.client.events(since=0, until=int(time.time()) + 1, filters=filters, decode=True)
    return {
        event["Actor"]["ID"]
        for event in found
        if event["Actor"]["Attributes"].get("com.docker.swarm.service.name") == f"{swarm.prefix}job"
    }
