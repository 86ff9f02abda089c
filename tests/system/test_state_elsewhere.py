"""`PULUMI_BACKEND_URL` of another folder: every command works on the state there, and none makes one of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import installation
from tests.system.installation import Installation, named
from tests.system.outcome import assert_converged, one_error

STATE = Path(".pulumi") / "stacks" / "llmproxy" / "dev.json"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, _swept: None) -> Iterator[Installation]:
    """A gateway whose state is in a folder of the user's choice."""
    folder = tmp_path_factory.mktemp("elsewhere")
    states_of(folder).mkdir()
    made = installation.create(folder, f"{os.getpid()}-else")
    made.environment["PULUMI_BACKEND_URL"] = f"file://{states_of(folder)}"
    try:
        made.make("up")
        yield made
    finally:
        made.purge()


def states_of(folder: Path) -> Path:
    return folder / "states"


def test_up_preview_env_and_doctor_use_the_folder_that_the_variable_names(elsewhere: Installation) -> None:
    states = states_of(elsewhere.home.parent)

    assert (states / STATE).exists()
    assert not (elsewhere.home / "llmproxy" / "dev" / "state" / STATE).exists()
    assert f"export PULUMI_BACKEND_URL=file://{states}\n" in elsewhere.make("env").stdout
    (told,) = [line for line in elsewhere.make("doctor").stdout.splitlines() if line.startswith("stack ")]
    assert f" resources in the state, file://{states}" in told
    assert " no resources " not in told
    assert_converged(elsewhere)


@pytest.mark.parametrize("command", [("up", {}), ("purge", {"FORCE": "1"})], ids=lambda command: command[0])
def test_without_the_variable_the_state_does_not_know_the_gateway_and_nothing_is_touched(
    elsewhere: Installation, command: tuple[str, dict[str, str]]
) -> None:
    target, variables = command
    address = elsewhere.environment.pop("PULUMI_BACKEND_URL")
    try:
        told = one_error(elsewhere.make(target, expect=None, **variables))
    finally:
        elsewhere.environment["PULUMI_BACKEND_URL"] = address

    assert elsewhere.service("litellm") in told
    assert "bring back the LLMPROXY_HOME or backend that made it" in told
    assert elsewhere.service("db") in named("volume", elsewhere.prefix)
    assert_converged(elsewhere)


def test_down_and_purge_use_it_too_and_leave_no_old_state_there(elsewhere: Installation) -> None:
    elsewhere.make("down")

    assert named("service", elsewhere.prefix) == []

    elsewhere.make("purge", FORCE="1")

    assert named("volume", elsewhere.prefix) == []
    assert list(states_of(elsewhere.home.parent).rglob("*dev*.json")) == []
