"""Image, limits, constraints and replicas in the settings reach each service of the whole installation."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from tests.components.engine import Engine, Recorded
from tests.stacks.whole_program import run

# The settings of each service by its logical name; what has no constraints of its own stands where its service does.
PATHS = {
    "db": "postgres",
    "redis": "redis",
    "litellm": "litellm",
    "antigravity-manager": "antigravityManager",
    "cli-proxy-api": "cliProxyApi",
    "swarm-cronjob": "swarmCronjob",
    "job-keeper": "swarmCronjob.keeper",
    "traefik": "traefik",
    "socket-proxy": "socketProxy",
    "portainer": "portainer",
    "agent": "portainer.agent",
    "netdata": "netdata",
    "discovery": "netdata.discovery",
    "gateway-metrics": "netdata.discovery",
}
WITHOUT_CONSTRAINTS = {"swarmCronjob.keeper", "netdata.discovery"}
ALWAYS_ON = {"postgres", "litellm", "socketProxy", "swarmCronjob.keeper", "portainer.agent", "netdata.discovery"}
SEVERAL = {"litellm": 3, "traefik": 2, "socket-proxy": 4}


def settings() -> dict[str, Any]:
    document: dict[str, Any] = {"docker": {"nodes": 2}, "ingress": {"domain": "example.com", "certificate": "none"}}
    for path in dict.fromkeys(PATHS.values()):
        part: dict[str, JsonValue] = {"image": f"own/{path.lower()}:1", "resources": {"memoryLimitMib": memory(path)}}
        if path not in WITHOUT_CONSTRAINTS:
            part["placementConstraints"] = [constraint(path)]
        if path not in ALWAYS_ON:
            part["enabled"] = True
        outer, _, inner = path.partition(".")
        document.setdefault(outer, {}).update({inner: part} if inner else part)
    document["litellm"] |= {"replicas": SEVERAL["litellm"], "workers": 1}
    document["traefik"]["replicas"] = SEVERAL["traefik"]
    document["socketProxy"]["replicas"] = SEVERAL["socket-proxy"]
    return document


def memory(path: str) -> int:
    return 100 + list(PATHS.values()).index(path)


def constraint(path: str) -> str:
    return f"node.labels.{path}==true"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return run(settings())


@pytest.fixture
def services(engine: Engine) -> dict[str, Recorded]:
    return engine.of_type("docker:index/service:Service")


def test_no_service_is_left_out(services: dict[str, Recorded]) -> None:
    assert set(services) == set(PATHS)


@pytest.mark.parametrize(("service", "path"), PATHS.items())
def test_image_limits_and_constraints_are_those_of_the_settings(
    services: dict[str, Recorded], service: str, path: str
) -> None:
    task = services[service].inputs["taskSpec"]
    assert task["containerSpec"]["image"] == f"own/{path.lower()}:1"
    assert task["resources"]["limits"]["memoryBytes"] == memory(path) * 2**20
    outer = path.partition(".")[0] if path in WITHOUT_CONSTRAINTS else path
    assert constraint(outer) in task["placement"]["constraints"]


@pytest.mark.parametrize("service", PATHS)
def test_replicas_are_those_of_the_settings_and_one_where_there_are_none(
    services: dict[str, Recorded], service: str
) -> None:
    mode = services[service].inputs["mode"]
    on_each_node = {"agent", "netdata", "discovery"}
    wanted = {"global": True} if service in on_each_node else {"replicated": {"replicas": SEVERAL.get(service, 1)}}
    assert mode == wanted


def test_the_job_that_makes_netdatas_role_runs_where_the_database_may(engine: Engine) -> None:
    job = engine.of_type("pulumi-python:dynamic/swarm:Job")["netdata-role"]
    assert job.plain("placement_constraints") == [constraint("postgres")]
