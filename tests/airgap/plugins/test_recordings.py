"""The recorded calls of the official plugins and the state that they wrote, on an engine that is played."""

import time
from typing import Any

import pytest

from airgap.plugins.docker.provider import DockerPlugin
from tests.airgap.plugins.played_engine import PlayedEngine
from tests.airgap.plugins.replay import answer, provider_of, recorded_state
from tests.airgap.plugins.rerun import Rerun
from tests.airgap.plugins.state_forms import arguments, as_recorded, given, in_call
from tests.airgap.plugins.translation import Translation, differences

PREFIX = "again-"


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> PlayedEngine:
    """An engine that does at once what others take seconds for."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return PlayedEngine()


def _rerun(engine: PlayedEngine) -> Rerun:
    return Rerun.of(DockerPlugin(connect=lambda _: engine), Translation(PREFIX))


def test_every_call_of_an_up_an_update_and_a_destroy_is_answered_as_the_official_plugins_did(
    played: PlayedEngine,
) -> None:
    rerun = _rerun(played)
    assert rerun.replay("up") == []
    assert len(played.objects) == 4
    assert rerun.replay("upd") == []
    assert rerun.replay("del") == []
    assert played.objects == {}


@pytest.mark.parametrize("call", ["Check", "Read", "Diff"])
def test_a_state_of_the_official_plugins_is_taken_over_by_every_call(played: PlayedEngine, call: str) -> None:
    rerun = _rerun(played)
    rerun.plugins["docker"].configure({})
    for entry in recorded_state():
        _make(rerun, entry)
        request, wanted = _call_on(entry)[call]
        found = answer(rerun.plugins[provider_of(entry)], call, rerun.translation.ours(request))
        found_ones = {name: found[name] for name in wanted}
        assert differences(as_recorded(rerun.translation.recorded(found_ones)), wanted) == [], entry["type"]


def _make(rerun: Rerun, entry: dict[str, Any]) -> None:
    """Makes the object that a resource of the recorded state stands for."""
    request = {"urn": _urn(entry), "properties": in_call(entry["inputs"])}
    made = as_recorded(answer(rerun.plugins[provider_of(entry)], "Create", rerun.translation.ours(request)))
    found = {"id": made["id"], "inputs": rerun.translation.ours(entry["inputs"]), "outputs": made["properties"]}
    rerun.translation.learn(entry, found, given(entry))


def _call_on(entry: dict[str, Any]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Returns request and wanted answer of the calls that Pulumi makes on a resource that it has in its state."""
    about = {"id": entry["id"], "urn": _urn(entry)}
    inputs, outputs = in_call(entry["inputs"]), in_call(entry["outputs"])
    if entry["type"].startswith("docker:"):
        # The official bridge writes this beside the outputs; the recording leaves it out.
        outputs["__pulumi_raw_state_delta"] = {"obj": {}}
    return {
        "Check": (
            {"urn": _urn(entry), "olds": inputs, "news": in_call(arguments(entry["inputs"]))},
            {"inputs": entry["inputs"]},
        ),
        "Read": (
            {**about, "properties": outputs, "inputs": inputs},
            {"id": entry["id"], "properties": entry["outputs"], "inputs": entry["inputs"]},
        ),
        "Diff": ({**about, "olds": outputs, "news": inputs, "oldInputs": inputs}, {"changes": "DIFF_NONE"}),
    }


def _urn(entry: dict[str, Any]) -> str:
    return f"urn:pulumi:stack::project::{entry['type']}::off-resource"
