"""Mistakes in the settings of Portainer, Antigravity Manager and CLIProxyAPI: place, found, allowed, remedy."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from stacks.settings import parse
from stacks.settings_errors import SettingsError

PLACE = "Pulumi.dev.yaml: llmproxy:settings"


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            {"portainer": {"enable": True}},
            "portainer.enable: unknown setting; allowed here: agent, ",
        ),
        (
            {"portainer": {"enabled": "yes"}},
            "portainer.enabled: found 'yes'; allowed: true or false; write that in its",
        ),
        ({"portainer": {"hostName": "a_b"}}, "portainer.hostName: found 'a_b'; allowed is a host name or IPv4 address"),
        ({"portainer": {"image": ""}}, "portainer.image: found ''; allowed: a string that is not empty; write one, or"),
        ({"portainer": {"replicas": 2}}, "portainer.replicas: unknown setting; allowed here: agent, "),
        (
            {"portainer": {"agent": {"volumesPath": "var"}}},
            "portainer.agent.volumesPath: found 'var'; allowed is the pa",
        ),
        (
            {"portainer": {"agent": {"resources": {"cpuLimit": 0}}}},
            "portainer.agent.resources.cpuLimit: found 0; allowed: more than 0; choose a larger one",
        ),
        (
            {"antigravityManager": {"maxBodyMib": 0}},
            "antigravityManager.maxBodyMib: found 0; allowed: 1 or more; choose",
        ),
        (
            {"antigravityManager": {"apiKey": "x"}},
            "antigravityManager.apiKey: unknown setting; allowed here: ",
        ),
        ({"antigravityManager": None}, "antigravityManager: found nothing; allowed: an object"),
        ({"cliProxyApi": {"config": []}}, "cliProxyApi.config: found a list; allowed: an object"),
        ({"cliProxyApi": {"config": {"port": 1}}}, "cliProxyApi.config.port: the program needs it as it sets it; take"),
    ],
)
def test_a_mistake_is_told_with_its_place(document: JsonValue, line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(document, place=PLACE)
    (found,) = caught.value.problems
    assert found.startswith(f"{PLACE}.{line}")
    assert "\n" not in found
