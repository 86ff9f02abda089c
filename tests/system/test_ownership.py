"""What is not ours is refused before anything is made; what is ours is found again from any clone."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system import installation
from tests.system.installation import Installation, docker, named
from tests.system.outcome import assert_converged, one_error

KINDS = ("service", "config", "secret", "network", "volume")


@pytest.fixture
def unborn(tmp_path: Path) -> Iterator[Installation]:
    """An installation before its first `make up`."""
    made = installation.create(tmp_path, f"{os.getpid()}-new")
    try:
        yield made
    finally:
        made.purge()


def foreign_volume(unborn: Installation) -> str:
    name = unborn.service("db")
    docker("volume", "create", name)
    return f"volume {name}"


def foreign_service(unborn: Installation) -> str:
    name = unborn.service("litellm")
    docker("service", "create", "--detach", "--replicas", "0", "--no-resolve-image", "--name", name, "not-ours")
    return f"service {name}"


@pytest.mark.parametrize("foreign", [foreign_volume, foreign_service])
def test_something_of_our_name_that_the_state_does_not_know_is_refused_before_anything_is_made(
    unborn: Installation, foreign: Callable[[Installation], str]
) -> None:
    what = foreign(unborn)
    before = everything_named(unborn)

    told = one_error(unborn.make("up", expect=None))

    assert f"{what}: found on the engine, but the state of stack dev does not know of it" in told
    assert f"docker {what.replace(' ', ' rm ')}" in told
    assert everything_named(unborn) == before


def test_a_taken_port_is_told_with_its_owner_before_anything_is_made(unborn: Installation) -> None:
    with socket.create_server(("127.0.0.1", unborn.port)):
        told = one_error(unborn.make("up", expect=None))

    assert f"port {unborn.port}: taken by " in told
    assert f"(pid {os.getpid()})" in told
    assert "choose another port" in told
    assert everything_named(unborn) == {kind: [] for kind in KINDS}


def test_a_second_clone_with_the_same_home_goes_on_with_the_same_stack(gateway: Installation, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(gateway.clone), str(tmp_path / "clone")], check=True)
    second = dataclasses.replace(gateway, clone=tmp_path / "clone")

    assert_converged(second)


def test_a_cleaned_clone_has_lost_nothing(gateway: Installation) -> None:
    gateway.run(["git", "clean", "-xfdq"])

    done = gateway.make("up")

    assert "pulumi up: nothing changed" in done.stderr
    assert gateway.run(["git", "status", "--porcelain"]).stdout == ""


def everything_named(unborn: Installation) -> dict[str, list[str]]:
    """All that bears the installation's names on the engine."""
    return {kind: named(kind, unborn.prefix) for kind in KINDS}
