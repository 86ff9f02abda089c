"""Fixtures of the system suite: one installation for all its tests, and the sweeping up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import without_engine
from tests.system import full_profile, installation
from tests.system.full_profile import Full
from tests.system.installation import PREFIX, Installation

# Tests of the suite's own tools: they need no engine.
PURE = frozenset({"test_command_lines.py", "test_previewed.py", "test_secrecy_search.py", "test_up_times.py"})


def needs_engine(path: Path) -> bool:
    """Whether a file of tests does."""
    return path.name.startswith("test_") and Path(__file__).parent in path.parents and path.name not in PURE


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if needs_engine(collection_path) and without_engine(config) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if needs_engine(item.path):
            item.add_marker(pytest.mark.system)
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"gateway", "full"} & fixtures:
            item.add_marker(pytest.mark.shared_gateway)
        elif "real_litellms" in fixtures:
            item.add_marker(pytest.mark.real_litellm)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, _swept: None) -> Iterator[Installation]:
    """A gateway brought up by `make up`, shared by the tests of the suite and purged at the end."""
    # No name begins with another's: each finds what is its own by its prefix.
    made = installation.create(tmp_path_factory.mktemp("installation"), f"{os.getpid()}-one")
    try:
        made.make("up")
        yield made
    finally:
        made.purge()


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory, _swept: None) -> Iterator[Installation]:
    """A second gateway for the tests of one module that lose its data or take it down."""
    made = installation.create(tmp_path_factory.mktemp("spare"), f"{os.getpid()}-spare")
    try:
        made.make("up")
        yield made
    finally:
        made.purge()


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory, _swept: None) -> Iterator[Full]:
    """The whole installation, shared by the tests of the full profile and purged at the end."""
    with full_profile.brought_up(tmp_path_factory.mktemp("full")) as made:
        yield made


@pytest.fixture(scope="session")
def _swept() -> None:
    """Removes what a killed suite left: the process that its names carry is gone."""
    names = installation.docker("service", "ls", "--format", "{{.Name}}").split()
    names += installation.docker("volume", "ls", "--format", "{{.Name}}").split()
    owners = {name.split("-")[1] for name in names if name.startswith(PREFIX)}
    for owner in owners:
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            installation.remove_by_prefix(f"{PREFIX}{owner}-")
