"""The sweeping up of the system tests: it removes what it should and nothing else."""

from __future__ import annotations

import subprocess

import docker
import pytest

from tests.airgap.leftovers import own_prefix, remaining, remove_all, remove_ownerless

pytestmark = pytest.mark.system


def test_what_a_killed_run_left_is_removed_and_what_another_run_uses_stays(engine: docker.DockerClient) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    ours, theirs = own_prefix("sweep"), f"airtest-sweep-{ended.pid}-012345-"
    try:
        for prefix in (ours, theirs):
            engine.volumes.create(f"{prefix}volume")
            engine.networks.create(f"{prefix}network")
        remove_ownerless(engine)
        assert remaining(engine, theirs) == []
        assert sorted(remaining(engine, ours)) == [f"{ours}network", f"{ours}volume"]
    finally:
        remove_all(engine, ours)
        remove_all(engine, theirs)
    assert remaining(engine, ours) == []
