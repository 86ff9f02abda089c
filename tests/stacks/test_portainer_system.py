"""Portainer and its agents on a real Swarm, as contract images."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from airgap.images.contract import signature
from tests.stacks.conftest import SECRETS, SETTINGS
from tests.stacks.service_stack import ServiceStack, call

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")]
PASSWORD, AGENT_SECRET = SECRETS["portainer-admin-password"], SECRETS["portainer-agent-secret"]


def portainer(services: ServiceStack) -> str:
    return services.url("portainer_portainer", 9000)


def token(services: ServiceStack) -> str:
    asked = {"username": "admin", "password": PASSWORD}
    given: str = call("POST", f"{portainer(services)}/api/auth", json=asked).json()["jwt"]
    return given


def agents(services: ServiceStack) -> requests.Response:
    headers = {"Authorization": f"Bearer {token(services)}"}
    return call("GET", f"{portainer(services)}/api/endpoints/1/docker/v2/agents", headers=headers)


def asked(services: ServiceStack, path: str, headers: dict[str, str]) -> int:
    return call("GET", services.url("portainer_agent", 9001, "https") + path, headers=headers, verify=False).status_code


def test_the_admin_is_made_from_the_secret_at_the_first_start_and_no_first_run_page_is_open(
    services: ServiceStack,
) -> None:
    url = portainer(services)
    assert token(services).count(".") == 2
    assert call("POST", f"{url}/api/auth", json={"username": "admin", "password": "other"}).status_code == 422
    assert call("GET", f"{url}/api/users/admin/check").status_code == 204
    taken = {"Username": "admin", "Password": "somebody else's"}
    assert call("POST", f"{url}/api/users/admin/init", json=taken).status_code == 409
    page = call("GET", url).text
    assert "contract image, not Portainer" in page
    assert "New Portainer installation" not in page


def test_the_agents_obey_who_knows_the_shared_secret_and_nobody_else(services: ServiceStack, tmp_path: Path) -> None:
    found = agents(services)
    assert (found.status_code, len(found.json())) == (200, 1)
    signature.make_key(tmp_path / "key")
    assert asked(services, "/ping", {}) == 204
    assert asked(services, "/v2/agents", {}) == 403
    assert asked(services, "/v2/agents", signature.headers(tmp_path / "key", "another")) == 403
    assert asked(services, "/v2/agents", signature.headers(tmp_path / "key", AGENT_SECRET)) == 200


def test_an_agent_runs_on_every_node_and_portainer_only_on_managers(services: ServiceStack) -> None:
    agent, ours = services.service("portainer_agent")["Spec"], services.service("portainer_portainer")["Spec"]
    assert set(agent["Mode"]) == {"Global"}
    assert ours["TaskTemplate"]["Placement"]["Constraints"] == ["node.role==manager"]
    assert ours["UpdateConfig"]["Order"] == "stop-first"
    assert "Env" not in ours["TaskTemplate"]["ContainerSpec"]


def test_no_secret_of_a_service_is_where_somebody_may_look(services: ServiceStack) -> None:
    everything = services.everything()
    for name, value in SECRETS.items():
        assert json.dumps(value)[1:-1] not in everything, name


def test_a_new_agent_secret_joins_portainer_and_agents_again_and_the_admin_keeps_the_password(
    services: ServiceStack,
) -> None:
    services.up(SETTINGS, {**SECRETS, "portainer-agent-secret": "new", "portainer-admin-password": "not taken"})
    assert agents(services).status_code == 200
    assert services.is_unchanged()
