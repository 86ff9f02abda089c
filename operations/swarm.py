"""The engine's place in a Swarm: a manager is used, no Swarm becomes one of this node alone, anything else is refused.

Takes a client of the engine; gives in words which way was taken.
"""

from collections.abc import Mapping

import docker
import docker.errors

from operations.errors import RefusedEngine

ADVERTISED_ADDRESS = "127.0.0.1"
REMEDIES = {
    "locked": "the Swarm is locked; unlock it: docker swarm unlock",
    "pending": "the node is still joining a Swarm; wait, or leave it: docker swarm leave",
    "error": "the node's Swarm is broken ({error}); see the engine's log, or leave it: docker swarm leave --force",
}


def ensure_manager(engine: docker.DockerClient, host: str, *, is_filled: bool = False) -> str:
    """Makes sure that the engine manages a Swarm.

    Args:
        engine: Asked, and told to start one.
        host: Its address.
        is_filled: The stack made something in a Swarm of this engine: another one is not made in its place unasked.

    Raises:
        RefusedEngine: It is a worker, its Swarm is locked or broken, or it left the one that the stack is in.
    """
    swarm = engine.info()["Swarm"]
    if not needs_init(swarm, host):
        return f"manager of a Swarm with {swarm.get('Nodes', 1)} node(s)"
    if is_filled:
        raise RefusedEngine(_has_left(host))
    try:
        engine.swarm.init(advertise_addr=ADVERTISED_ADDRESS)
    except docker.errors.APIError as error:
        raise RefusedEngine(f"Docker Swarm: {host} refuses to start one: {error.explanation}") from error
    return "a new Swarm of this node alone (docker swarm init)"


def require_manager(engine: docker.DockerClient, host: str, *, is_filled: bool = False) -> None:
    """Refuses an engine that manages no Swarm; changes nothing.

    Raises:
        RefusedEngine: It is in none, left the one that a filled stack is in, or is in one that cannot be used.
    """
    if needs_init(engine.info()["Swarm"], host):
        if is_filled:
            raise RefusedEngine(_has_left(host))
        raise RefusedEngine(f"Docker Swarm: {host} is in none, allowed is a manager; make one of it: make up")


def manages(engine: docker.DockerClient) -> bool:
    """Whether the engine answers for services, configs and secrets: any but a manager's refuses with 503."""
    return bool(engine.info()["Swarm"].get("ControlAvailable"))


def needs_init(swarm: Mapping[str, object], host: str) -> bool:
    """Whether the engine, by what it says of its Swarm, is in none yet.

    Raises:
        RefusedEngine: It is in one that cannot be used.
    """
    refuse_unusable(swarm, host)
    return _state(swarm) == "inactive"


def refuse_unusable(swarm: Mapping[str, object], host: str) -> None:
    """Refuses an engine that, by what it says of its Swarm, is a worker, or in one that is locked or broken.

    Raises:
        RefusedEngine: With the way out.
    """
    state = _state(swarm)
    if state in REMEDIES:
        raise RefusedEngine(
            f"Docker Swarm: {host}: {REMEDIES[state].format(error=swarm.get('Error') or 'no reason given')}"
        )
    if state == "active" and not swarm.get("ControlAvailable"):
        managers = swarm.get("RemoteManagers")
        known = ", ".join(str(manager["Addr"]) for manager in managers) if isinstance(managers, list) else "unknown"
        raise RefusedEngine(
            f"Docker Swarm: {host} is a worker, allowed is a manager; set docker.host of the stack to one "
            f"(known managers: {known})"
        )


def _has_left(host: str) -> str:
    return (
        f"Docker Swarm: {host} is in none, but the state holds what this stack made in one; where the engine left it, "
        "type: docker swarm init (volumes are still there, make up makes all else again); else set docker.host right"
    )


def _state(swarm: Mapping[str, object]) -> str:
    return str(swarm.get("LocalNodeState") or "inactive")
