"""A stack changes hands, in both directions, with the recorded program on the real engines.

Ours to theirs: the state that the stand-ins write is the one that the official plugins wrote for the same program,
value by value. Theirs to ours: that recorded state, put in the place of ours, is taken over with no change.

The tests of this module build on each other, in order: each is one step in the life of a stack.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import docker
import pytest

from tests.airgap.leftovers import own_prefix, remaining, remove_all
from tests.airgap.plugins.plugin_stack import PluginStack
from tests.airgap.plugins.replay import FIXTURES, recorded_state
from tests.airgap.plugins.state_forms import as_recorded, given, in_export
from tests.airgap.plugins.translation import RECORDED_IMAGE, RECORDED_PORT, Translation, differences, free_port

pytestmark = pytest.mark.system
CHANGED = {"PLUGINS_CHANGED": "1"}


@pytest.fixture(scope="module")
def translation(tiny_image: str) -> Translation:
    return Translation(own_prefix("handover"), {RECORDED_IMAGE: tiny_image, RECORDED_PORT: free_port()})


@pytest.fixture(scope="module")
def stack(
    engine: docker.DockerClient, translation: Translation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PluginStack]:
    settings = {
        "PLUGINS_PORT": str(translation.pairs[RECORDED_PORT]),
        "PLUGINS_RECORDED_STATE": str(FIXTURES / "state.json"),
    }
    folder, image = tmp_path_factory.mktemp("handover"), translation.pairs[RECORDED_IMAGE]
    made = PluginStack(folder, translation.prefix, image, program="recorded_program", settings=settings)
    made.prepare()
    try:
        yield made
    finally:
        remove_all(engine, translation.prefix)


def _exported(stack: PluginStack) -> dict[str, dict[str, Any]]:
    """Returns type, id, inputs and outputs of the resources, by type."""
    names = ("type", "id", "inputs", "outputs")
    resources = [entry for entry in stack.exported() if not entry["type"].startswith("pulumi:")]
    return {entry["type"]: {name: as_recorded(entry.get(name, {})) for name in names} for entry in resources}


def test_the_state_after_an_up_and_a_refresh_is_the_one_that_the_official_plugins_wrote(
    stack: PluginStack, translation: Translation
) -> None:
    stack.up()
    stack.pulumi("refresh", "--yes", "--skip-preview")
    ours = _exported(stack)
    recorded = recorded_state()
    assert len(recorded) == len(ours) == 6
    for entry in recorded:
        translation.learn(entry, ours[entry["type"]], given(entry))
    for entry in recorded:
        assert differences(translation.recorded(ours[entry["type"]]), entry) == []


def test_the_official_state_is_taken_over_with_no_change_with_and_without_refresh(
    stack: PluginStack, translation: Translation
) -> None:
    document = stack.export()
    official = {entry["type"]: translation.ours(in_export(entry)) for entry in recorded_state()}
    for resource in document["deployment"]["resources"]:
        if resource["type"] in official:
            # The official bridge writes this beside the outputs; the recording leaves it out.
            bridge: dict[str, Any] = (
                {"__pulumi_raw_state_delta": {"obj": {}}} if resource["type"].startswith("docker:") else {}
            )
            taken = official[resource["type"]]
            resource |= {"inputs": taken["inputs"], "outputs": taken["outputs"] | bridge}
    stack.take_over(document)
    stack.pulumi("preview", "--expect-no-changes")
    stack.pulumi("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")


def test_a_refresh_of_the_official_state_leaves_it_as_it_was(stack: PluginStack, translation: Translation) -> None:
    ours = _exported(stack)
    for entry in recorded_state():
        assert differences(translation.recorded(ours[entry["type"]]), entry) == []


def test_a_change_of_a_stack_that_was_taken_over_is_one_update_and_its_destroy_leaves_nothing(
    engine: docker.DockerClient, stack: PluginStack
) -> None:
    output = stack.up(CHANGED)
    assert "1 updated" in output
    assert "7 unchanged" in output
    stack.pulumi("destroy", "--yes", "--skip-preview", settings=CHANGED)
    assert remaining(engine, stack.prefix) == []
