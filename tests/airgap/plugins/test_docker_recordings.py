"""The official docker plugin's recorded answers, compared with ours."""

import copy
from typing import Any

import pytest

from airgap.plugins.docker.provider import DockerPlugin
from tests.airgap.plugins.replay import answer, recorded


def _case(entry: dict[str, Any]) -> str:
    return f"{entry['run']}-{entry['type'].rpartition(':')[2]}"


@pytest.mark.parametrize("entry", recorded("docker", "Check"), ids=_case)
def test_check_answers_what_the_official_plugin_answered(entry: dict[str, Any]) -> None:
    found = answer(DockerPlugin(), "Check", entry["request"])
    wanted = copy.deepcopy(entry["response"])
    if "name" in wanted["inputs"]["__defaults"] and not entry["request"]["olds"]:
        # The recording lacks the random seed: only the form of a new automatic name can be compared.
        name = found["inputs"].pop("name")
        logical, _, digits = name.rpartition("-")
        assert (logical, len(digits)) == (entry["request"]["name"], 7)
        del wanted["inputs"]["name"]
    assert found == wanted


@pytest.mark.parametrize("entry", recorded("docker", "Diff"), ids=_case)
def test_diff_answers_what_the_official_plugin_answered(entry: dict[str, Any]) -> None:
    found = answer(DockerPlugin(), "Diff", entry["request"])
    # Kind ADD is the protocol's zero value; the recording leaves it out as ours does.
    assert found == entry["response"]


@pytest.mark.parametrize(
    "entry", [entry for entry in recorded("docker", "Create") if entry["request"].get("preview")], ids=_case
)
def test_a_previewed_create_answers_what_the_official_plugin_answered(entry: dict[str, Any]) -> None:
    assert answer(DockerPlugin(), "Create", entry["request"]) == entry["response"]
