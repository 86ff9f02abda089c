"""Monitoring from `make up`: what Netdata sees of the installation and a new password of its role."""

from __future__ import annotations

import json

import pytest

from tests.system.full_profile import Full
from tests.system.installation import Installation, docker, named, until
from tests.system.outcome import assert_converged

CHARTS = (
    "postgres_{name}.connections_utilization",
    "portcheck_database.port_5432_status",
    "httpcheck_gateway.request_status",
    "prometheus_gateway.llmproxy_gateway_error_ratio_percent",
)


class Monitoring:
    """The installation's Netdata."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._name = f"{installation.prefix}llmproxy".replace(".", "_")

    def ask(self, path: str) -> str:
        label = f"label=com.docker.swarm.service.name={self._installation.prefix}monitoring_netdata"
        return docker("exec", docker("ps", "-q", "--filter", label), "curl", "-s", f"127.0.0.1:19999{path}")

    def sees(self, chart: str) -> bool:
        """Whether the chart had a value in the last seconds."""
        answer = self.ask(f"/api/v1/data?chart={chart.format(name=self._name)}&after=-12&points=1&format=json")
        rows = json.loads(answer).get("data", []) if answer.startswith("{") else []
        return any(value is not None for row in rows for value in row[1:])


@pytest.fixture(scope="module")
def monitoring(full: Full) -> Monitoring:
    return Monitoring(full.made)


def test_netdata_sees_database_gateway_and_containers(monitoring: Monitoring, full: Full) -> None:
    for chart in CHARTS:
        until(lambda chart=chart: monitoring.sees(chart), seconds=60)  # type: ignore[misc]
    # Netdata writes the dot of the task's name otherwise.
    until(lambda: f"cgroup_{full.made.prefix}llmproxy_litellm-1." in monitoring.ask("/api/v1/charts"), seconds=60)


def test_the_password_of_its_role_is_in_no_spec_and_a_new_one_reaches_both_sides(
    monitoring: Monitoring, full: Full
) -> None:
    full.made.secrets({"llmproxy:netdata-db-password": "new:marker\\5f1e"})
    full.made.make("up")
    until(lambda: monitoring.sees(CHARTS[0]), seconds=90)
    assert_converged(full.made)
    for name in named("service", full.made.prefix):
        assert "marker" not in docker("service", "inspect", name)
