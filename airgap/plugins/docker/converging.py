"""`convergeConfig`: wait until Swarm runs what was asked for.

After a create: until as many tasks run as there are replicas. After an update: until Swarm says that the update is
completed; paused or rolled back is an error. The official plugin looks every 5 s, ours more often.
"""

from __future__ import annotations

import time

from airgap.plugins.docker.durations import seconds
from airgap.plugins.docker.engine import Engine
from airgap.plugins.docker.objects import engine_errors
from airgap.plugins.failures import PluginError
from airgap.plugins.values import Tree, integer, mapping, mappings, text

_LOOK_SECONDS = 0.5
# The official plugin takes 7 s, whatever the configured delay, before it first looks at an update.
_UPDATE_STARTS_SECONDS = 7.0


def await_running(client: Engine, service_id: str, config: Tree) -> None:
    """Waits for the replicas of a new service.

    Raises:
        PluginError: They do not all run in time.
    """
    deadline = _deadline(config)
    time.sleep(min(seconds(text(config.get("delay"))), seconds(text(config.get("timeout")))))
    while not _all_run(client, service_id):
        _wait(service_id, config, deadline)


def await_updated(client: Engine, service_id: str, config: Tree) -> None:
    """Waits for Swarm's verdict on an update.

    Raises:
        PluginError: Swarm paused it or rolled it back, or it is not done in time.
    """
    deadline = _deadline(config)
    started = time.monotonic()
    while True:
        with engine_errors(f"service {service_id}: wait for the update"):
            status = mapping(client.inspect_service(service_id).get("UpdateStatus"))
        state = text(status.get("State"))
        if state in ("paused", "rollback_paused", "rollback_completed"):
            raise PluginError(f"service {state.replace('_', ' ')}: {text(status.get('Message'))}")
        may_be_unchanged = state == "" and time.monotonic() > started + _UPDATE_STARTS_SECONDS
        if (state == "completed" or may_be_unchanged) and _all_run(client, service_id):
            return
        _wait(service_id, config, deadline)


def _deadline(config: Tree) -> float:
    return time.monotonic() + seconds(text(config.get("timeout")))


def _wait(service_id: str, config: Tree, deadline: float) -> None:
    """Lets some time go by before the next look; ends the waiting when it is over."""
    if time.monotonic() > deadline:
        raise PluginError(f"Service ({service_id}) did not converge after {text(config.get('timeout'))}")
    time.sleep(_LOOK_SECONDS)


def _all_run(client: Engine, service_id: str) -> bool:
    with engine_errors(f"service {service_id}: count its tasks"):
        service = client.inspect_service(service_id)
        tasks = client.tasks(filters={"service": service_id, "desired-state": "running"})
    replicated = mapping(mapping(mapping(service["Spec"]).get("Mode")).get("Replicated"))
    running = [task for task in mappings(tasks) if mapping(task.get("Status")).get("State") == "running"]
    return len(running) == integer(replicated.get("Replicas"))
