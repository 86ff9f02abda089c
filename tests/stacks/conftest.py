"""One installation of the services beside the gateway, for the system tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.stacks.service_stack import ServiceStack, service_stack

SETTINGS: Mapping[str, Any] = {
    "portainer": {"enabled": True, "agent": {"volumesPath": None}},
    "antigravityManager": {"enabled": True, "maxBodyMib": 2},
    "cliProxyApi": {"enabled": True},
}
SECRETS: Mapping[str, str] = {
    "portainer-admin-password": "marker admin' $PATH \"x",
    "portainer-agent-secret": "marker agent' $PATH \"x",
    "antigravity-api-key": "marker-antigravity-key",
    "antigravity-web-password": "marker antigravity web",
    "cli-proxy-api-key": "marker-client's-\"key#: x",
    "cli-proxy-api-management-key": "marker-manager's-\"key#: x",
}


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceStack]:
    folder = tmp_path_factory.mktemp("services")
    with service_stack(folder, "portainer", "portainer-agent", "antigravity-manager", "cli-proxy-api") as stack:
        stack.up(SETTINGS, SECRETS)
        yield stack
