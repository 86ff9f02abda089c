"""Who has a port of this machine, and who may get it: asked before anything is created.

Takes a port; gives the owner in words. A port that a container publishes is told by the container's name, as its
process (docker-proxy) says nothing to anybody.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import docker
import psutil
from docker.models.services import Service

from operations import swarm
from operations.errors import Foreign
from operations.processes import name_of

SERVICE_LABEL = "com.docker.swarm.service.name"
LOOK_SECONDS = 0.5
KERNEL = Path("/proc/sys/net/ipv4")

Listeners = Mapping[int, Sequence[int]]


def require_free(
    port: int,
    engine: docker.DockerClient | None,
    *,
    own_services: Collection[str],
    leaving_seconds: float,
    is_here: bool,
    remedy: str,
) -> None:
    """Refuses a port that somebody else has.

    Args:
        port: On the engine's machine.
        engine: Asked for what it publishes; None where it does not answer.
        own_services: May have it.
        leaving_seconds: How long the last container of a removed one is waited for.
        is_here: Whether that machine is this one, whose processes can be seen.
        remedy: The command that chooses another port.

    Raises:
        Foreign: Naming the owner.
    """
    owner = _publisher(port, engine) if engine is not None else None
    if engine is not None and owner is not None and owner in own_services:
        _await_leaving(port, engine, owner, leaving_seconds)
        return
    words = f"the container or service {owner}" if owner is not None else None
    if words is None and is_here:
        words = owner_in_words(port, listeners())
    if words is not None:
        raise Foreign(f"port {port}: taken by {words}; end it, or choose another port: {remedy}")


def lending(port: int, setting: str, kernel: Path = KERNEL) -> str | None:
    """Says that an outgoing connection may get the port while its service restarts; None where it cannot.

    Swarm's words are then "listen tcp4 0.0.0.0:PORT: bind: address already in use".
    """
    with suppress(OSError):  # a kernel that is not Linux, or not told to us
        first, last = map(int, (kernel / "ip_local_port_range").read_text(encoding="utf-8").split())
        reserved = (kernel / "ip_local_reserved_ports").read_text(encoding="utf-8")
        if first <= port <= last and not _is_among(port, reserved):
            return (
                f"port {port}: warning: this machine lends ports {first} to {last} to outgoing connections, so a "
                f"restarting service may find it taken; set {setting} to one outside, or add it to the sysctl "
                f"net.ipv4.ip_local_reserved_ports"
            )
    return None


def _is_among(port: int, ranges: str) -> bool:
    """Whether the port is in a list as the kernel writes it, such as `8080,9148-9150`."""
    ends = [part.partition("-") for part in ranges.strip().split(",") if part]
    return any(int(first) <= port <= int(last or first) for first, _, last in ends)


def listeners() -> Listeners:
    """The pids that listen on each TCP port; a port whose owner this user may not see has none."""
    found: dict[int, list[int]] = {}
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr:
            owners = found.setdefault(connection.laddr.port, [])
            if connection.pid is not None:
                owners.append(connection.pid)
    return found


def owner_in_words(port: int, listening: Listeners) -> str | None:
    """Who listens on the port; None when nobody does."""
    if port not in listening:
        return None
    owners = [f"{name_of(pid) or 'a process'} (pid {pid})" for pid in dict.fromkeys(listening[port])]
    return ", ".join(owners) or "a process of another user (as root, type: ss -ltnp)"


def _publisher(port: int, engine: docker.DockerClient) -> str | None:
    """The service, or else the container, that publishes the port on this engine."""
    for service in _services(engine):
        published = service.attrs.get("Endpoint", {}).get("Ports", []) or service.attrs["Spec"].get(
            "EndpointSpec", {}
        ).get("Ports", [])
        if any(each.get("PublishedPort") == port and each.get("Protocol", "tcp") == "tcp" for each in published):
            return str(service.name)
    for container in engine.api.containers(all=False):
        if any(each.get("PublicPort") == port and each.get("Type") == "tcp" for each in container.get("Ports", [])):
            return container.get("Labels", {}).get(SERVICE_LABEL) or str(container["Names"][0]).lstrip("/")
    return None


def _await_leaving(port: int, engine: docker.DockerClient, own_service: str, seconds: float) -> None:
    """A removed service's last container keeps the port while it stops: the next one would find it taken."""
    ends = time.monotonic() + seconds
    while not _is_there(engine, own_service) and _publisher(port, engine) and time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)


def _is_there(engine: docker.DockerClient, name: str) -> bool:
    return any(service.name == name for service in _services(engine))


def _services(engine: docker.DockerClient) -> list[Service]:
    """The services; none where the engine manages no Swarm, and would refuse to answer."""
    return engine.services.list() if swarm.manages(engine) else []
