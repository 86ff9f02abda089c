"""The recorded run of the official plugins, sent again to ours, every call in order.

Takes a docker plugin on an engine (real or played) and names of its own; gives the places at which an answer is not the
recorded one. An id or an automatic name that an answer brings is used in the calls after it, as Pulumi does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from airgap.plugins.command.provider import CommandPlugin
from airgap.plugins.docker.provider import DockerPlugin
from airgap.plugins.plugin import Plugin
from airgap.plugins.random.provider import RandomPlugin
from tests.airgap.plugins.replay import answer, provider_of, recording
from tests.airgap.plugins.translation import AUTOMATIC_NAME, GIVEN_OUTPUTS, Path, Translation, differences, identifier


@dataclass(frozen=True)
class Rerun:
    """One run of the recording on plugins of its own."""

    plugins: dict[str, Plugin]
    translation: Translation

    @classmethod
    def of(cls, docker: DockerPlugin, translation: Translation) -> Rerun:
        """Returns a run on this docker plugin."""
        plugins: list[Plugin] = [docker, RandomPlugin(), CommandPlugin()]
        return cls({plugin.name: plugin for plugin in plugins}, translation)

    def replay(self, run: str) -> list[str]:
        """Sends all calls of one run (up, upd or del); returns a line for each difference."""
        entries = [entry for entry in recording() if entry["run"] == run]
        assert entries
        return [line for entry in entries for line in self._compared(entry)]

    def _compared(self, entry: dict[str, Any]) -> Iterator[str]:
        call, wanted = entry["call"], entry["response"]
        found = answer(self.plugins[provider_of(entry)], call, self.translation.ours(entry["request"]))
        self.translation.learn(wanted, found, _given(entry))
        for line in differences(self.translation.recorded(found), wanted):
            yield f"{entry['run']} {call} {entry['type']} {line}"


def _given(entry: dict[str, Any]) -> dict[Path, str]:
    """Returns the places of an answer that the engine, or chance, fills."""
    call, request = entry["call"], entry["request"]
    if call == "Check" and "name" in entry["response"]["inputs"].get("__defaults", []) and not request["olds"]:
        return {("inputs", "name"): AUTOMATIC_NAME}
    if call != "Create":
        return {}
    # A command's id is made in the preview already, and once more in the update.
    made: dict[Path, str] = {("id",): identifier(entry["type"])}
    if request.get("preview"):
        return made
    return made | {("properties", *path): form for path, form in GIVEN_OUTPUTS[entry["type"]].items()}
