"""What somebody does to a service by hand, past the program, until it shows."""

from __future__ import annotations

from collections.abc import Callable

from tests.system.installation import Installation, docker, until

STOPPED_SECONDS = 120.0

Break = Callable[[Installation], None]


def scaled_to_none(name: str) -> Break:
    """Scales a service down."""

    def broken(gateway: Installation) -> None:
        docker("service", "scale", "--detach", f"{gateway.service(name)}=0")
        _wait_until_stopped(gateway, name)

    return broken


def removed(name: str) -> Break:
    """Removes a service."""

    def broken(gateway: Installation) -> None:
        docker("service", "rm", gateway.service(name))
        _wait_until_stopped(gateway, name)

    return broken


def volume_removed(gateway: Installation) -> None:
    """Removes the database's data, and the containers that ended but still hold it."""
    volume = gateway.service("db")
    scaled_to_none("db")(gateway)
    for container in docker("ps", "--all", "--quiet", "--filter", f"volume={volume}").split():
        docker("rm", "--force", container)
    docker("volume", "rm", volume)


def _wait_until_stopped(gateway: Installation, name: str) -> None:
    label = f"label=com.docker.swarm.service.name={gateway.service(name)}"
    until(lambda: not docker("ps", "--quiet", "--filter", label), seconds=STOPPED_SECONDS)
