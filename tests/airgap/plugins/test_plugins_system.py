"""The stand-in plugins under the real Pulumi engine on the real Docker Engine, from nothing to nothing.

The tests of this module build on each other, in order: each is one step in the life of a stack.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker
import pytest

from airgap.plugins.docker.provider import DockerPlugin
from airgap.plugins.docker.schema import schemas
from airgap.plugins.plugin import Resource
from tests.airgap.leftovers import remaining
from tests.airgap.plugins.conformity import faults_of_inputs, faults_of_outputs
from tests.airgap.plugins.plugin_stack import PluginStack

pytestmark = pytest.mark.system
CHANGED = {"PLUGINS_REVISION": "2", "PLUGINS_CONTENT": "2"}


def _service(engine: docker.DockerClient, stack: PluginStack) -> Any:
    return engine.services.get(f"{stack.prefix}service")  # type: ignore[no-untyped-call]


def test_up_makes_everything_and_the_service_runs(engine: docker.DockerClient, plugin_stack: PluginStack) -> None:
    assert "created 1" in plugin_stack.up()
    running = [task for task in _service(engine, plugin_stack).tasks() if task["Status"]["State"] == "running"]
    assert len(running) == 1


def test_inputs_and_outputs_in_the_state_are_those_of_the_official_schema(plugin_stack: PluginStack) -> None:
    plugin_stack.pulumi("refresh", "--yes", "--skip-preview")
    entries = [entry for entry in plugin_stack.exported() if entry["type"].startswith("docker:")]
    assert len(entries) == 5
    for entry in entries:
        block = schemas()[entry["type"]].block
        assert faults_of_inputs(block, entry["inputs"]) == [], entry["type"]
        assert faults_of_outputs(block, entry["outputs"]) == [], entry["type"]


def test_a_second_preview_is_empty_with_and_without_refresh(plugin_stack: PluginStack) -> None:
    plugin_stack.pulumi("preview", "--expect-no-changes")
    plugin_stack.pulumi("preview", "--expect-no-changes", "--refresh")


def test_fifteen_resources_are_read_in_less_than_two_seconds(plugin_stack: PluginStack) -> None:
    plugin = DockerPlugin()
    plugin.configure({"host": "unix:///var/run/docker.sock"})
    entries = [entry for entry in plugin_stack.exported() if entry["type"].startswith("docker:")]
    calls = [(Resource(entry["type"], "x", entry["id"]), entry["outputs"], entry["inputs"]) for entry in entries] * 3
    started = time.monotonic()
    with ThreadPoolExecutor(len(calls)) as pool:
        read = list(pool.map(lambda call: plugin.read(*call), calls))
    assert time.monotonic() - started < 2
    assert len(read) == 15
    assert [result.resource_id for result in read] == [resource.resource_id for resource, _, _ in calls]


def test_a_changed_label_does_not_restart_a_task(engine: docker.DockerClient, plugin_stack: PluginStack) -> None:
    before = {task["ID"] for task in _service(engine, plugin_stack).tasks()}
    plugin_stack.up({"PLUGINS_REVISION": "2"})
    assert {task["ID"] for task in _service(engine, plugin_stack).tasks()} == before


def test_a_changed_config_rolls_the_service_once_and_leaves_one_config(
    engine: docker.DockerClient, plugin_stack: PluginStack
) -> None:
    before = {task["ID"] for task in _service(engine, plugin_stack).tasks()}
    plugin_stack.up(CHANGED)
    assert len({task["ID"] for task in _service(engine, plugin_stack).tasks()} - before) == 1
    assert len(engine.configs.list(filters={"name": plugin_stack.prefix})) == 1
    plugin_stack.pulumi("preview", "--expect-no-changes", "--refresh", settings=CHANGED)


def test_replicas_changed_by_hand_are_shown_and_healed(engine: docker.DockerClient, plugin_stack: PluginStack) -> None:
    _service(engine, plugin_stack).scale(0)
    shown = plugin_stack.pulumi("preview", "--refresh", "--diff", settings=CHANGED)
    assert "replicas: 0 => 1" in shown
    plugin_stack.pulumi("up", "--yes", "--skip-preview", "--refresh", settings=CHANGED)
    assert _service(engine, plugin_stack).attrs["Spec"]["Mode"]["Replicated"]["Replicas"] == 1


def test_a_service_removed_by_hand_is_made_again(engine: docker.DockerClient, plugin_stack: PluginStack) -> None:
    _service(engine, plugin_stack).remove()
    plugin_stack.pulumi("up", "--yes", "--skip-preview", "--refresh", settings=CHANGED)
    assert _service(engine, plugin_stack).tasks()


def test_an_engine_out_of_reach_is_named_in_a_preview(plugin_stack: PluginStack) -> None:
    output = plugin_stack.pulumi("preview", fails=True, settings={"PLUGINS_HOST": "unix:///nowhere.sock"})
    assert "no Docker Engine answers at unix:///nowhere.sock" in output
    assert "Traceback" not in output


def test_destroy_leaves_nothing(engine: docker.DockerClient, plugin_stack: PluginStack) -> None:
    started = time.monotonic()
    plugin_stack.pulumi("destroy", "--yes", "--skip-preview")
    assert time.monotonic() - started < 25
    assert remaining(engine, plugin_stack.prefix) == []
