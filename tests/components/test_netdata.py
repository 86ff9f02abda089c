"""Netdata, the discovery, the summed metrics and the role as services."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.naming import SwarmStack
from components.services import netdata as netdata_service
from components.services.database import Database
from components.services.discovery import Discovery, DiscoveryArgs
from components.services.gateway_metrics import GatewayMetrics, GatewayMetricsArgs
from components.services.monitoring_role import MonitoringRole, MonitoringRoleArgs
from components.services.netdata import Netdata, NetdataArgs
from components.update_order import STOP_FIRST_WAITS_SECONDS
from tests.components.engine import Engine, drained
from tests.components.services_under_test import HOST, config_text, container, service

STACK = SwarmStack(name="monitoring", project="llmproxy", environment="test")
MARKER = "marker-5f1e"


def netdata() -> Netdata:
    return Netdata(
        "netdata",
        NetdataArgs(
            stack=STACK,
            image="netdata:1",
            configs={"/etc/netdata/netdata.conf": "[global]\n"},
            secrets={"netdata-pgpass": MARKER},
            network_ids=["net-monitoring", "net-public"],
            volumes={what: f"vol-{what}" for what in ("config", "lib", "cache")},
        ),
    )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return drained(netdata)


def test_it_runs_on_every_node_under_the_nodes_name_one_at_a_time(engine: Engine) -> None:
    assert service(engine)["mode"]["global"] is True
    assert container(engine)["hostname"] == "{{.Node.Hostname}}"
    assert service(engine)["updateConfig"]["order"] == "stop-first"


def test_it_sees_the_host_read_only_and_has_no_docker_socket(engine: Engine) -> None:
    bound = {mount["source"]: mount for mount in container(engine)["mounts"] if mount["type"] == "bind"}
    assert set(bound) == {"/proc", "/sys", "/etc/passwd", "/etc/group", "/etc/localtime", "/var/log"}
    assert all(mount["readOnly"] for mount in bound.values())
    assert sorted(container(engine)["capAdds"]) == ["SYS_ADMIN", "SYS_PTRACE"]


def test_its_metrics_and_configuration_outlive_it(engine: Engine) -> None:
    volumes = {mount["source"]: mount["target"] for mount in container(engine)["mounts"] if mount["type"] == "volume"}
    assert volumes == {
        "vol-config": "/etc/netdata",
        "vol-lib": "/var/lib/netdata",
        "vol-cache": "/var/cache/netdata",
    }


def test_one_that_hangs_is_over_before_swarm_kills_it_and_before_it_starts_the_next(engine: Engine) -> None:
    assert container(engine)["stopGracePeriod"] == "50s"
    assert netdata_service.KILL_SECONDS < 50 < STOP_FIRST_WAITS_SECONDS


def test_it_tells_nobody_of_itself_and_reads_changed_job_files(engine: Engine) -> None:
    assert config_text(engine, "netdata-env").splitlines() == [
        "@kill 40",
        "DO_NOT_TRACK=1",
        "NETDATA_PLUGINS_GOD_WATCH_PATH=/etc/netdata/go.d/*.conf",
    ]


def test_the_password_file_is_netdatas_users_alone_and_its_content_nowhere_else(engine: Engine) -> None:
    (secret,) = container(engine)["secrets"]
    assert (secret["fileName"], secret["fileUid"], secret["fileMode"]) == (netdata_service.PASSFILE, "201", 0o400)
    for resource in engine.resources:
        if resource.type != "docker:index/secret:Secret":
            assert MARKER not in str(resource.inputs)


def named(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    names = tmp_path / "container-names"
    names.write_text(f"{'a' * 64} llmproxy_litellm.1\n")
    script = tmp_path / "cgroup_name.sh"
    script.write_text(netdata_service.NAMING.read_text().replace("/etc/netdata/container-names", str(names)))
    return subprocess.run(["sh", script, *arguments], capture_output=True, text=True, check=False)


def test_a_task_is_named_and_an_unknown_container_is_asked_for_again(tmp_path: Path) -> None:
    known = named(tmp_path, f"/docker/{'a' * 64}", "docker_x")
    assert (known.returncode, known.stdout) == (0, "llmproxy_litellm.1\n")
    unknown = named(tmp_path, f"/system.slice/docker-{'b' * 64}.scope", "x")
    assert (unknown.returncode, unknown.stdout) == (2, "docker_bbbbbbbbbbbb\n")


def test_the_discovery_knows_its_node_and_shares_the_configuration() -> None:
    args = DiscoveryArgs(
        stack=STACK,
        image="python:3",
        network_ids=["net-monitoring"],
        socket_proxy="socket-proxy:2375",
        netdata="monitoring_netdata",
        database_network_id="net-monitoring",
        volume_name="vol-config",
        jobs={"httpcheck": [{"name": "gateway"}]},
    )
    engine = drained(lambda: Discovery("discovery", args))
    assert container(engine)["hostname"] == "{{.Node.ID}}"
    assert container(engine)["args"][0:3] == ["socket-proxy:2375", "monitoring_netdata", "net-monitoring"]
    assert [(mount["source"], mount["target"]) for mount in container(engine)["mounts"]] == [
        ("vol-config", "/etc/netdata")
    ]
    assert json.loads(config_text(engine, "discovery-jobs")) == {"httpcheck": [{"name": "gateway"}]}
    assert container(engine)["readOnly"] is True


def test_the_master_key_is_in_nothing_but_its_secret_and_the_program_is_told_its_file() -> None:
    args = GatewayMetricsArgs(
        stack=STACK,
        image="python:3",
        network_ids=["net-monitoring"],
        master_key=MARKER,
        gateway="litellm",
        gateway_port=4000,
        window_seconds=300,
        fewest_requests=20,
    )
    engine = drained(lambda: GatewayMetrics("gateway-metrics", args))
    assert container(engine)["args"] == ["litellm", "4000", "/run/secrets/litellm-master-key", "300", "20"]
    for resource in engine.resources:
        if resource.type != "docker:index/secret:Secret":
            assert MARKER not in str(resource.inputs)


def role(password: str) -> Any:
    return MonitoringRole(
        "netdata-role",
        MonitoringRoleArgs(
            stack=STACK,
            docker_host=HOST,
            image="postgres:18",
            network_id="net-internal",
            database=Database(host="db", port=5432, name="llmproxy", user="owner", password="owner-marker"),
            password=password,
            triggers={"volume": "token"},
        ),
    )


def test_the_role_is_made_again_for_a_new_password_and_no_password_is_in_the_job() -> None:
    engine = drained(lambda: role(MARKER))
    job = engine.one("pulumi-python:dynamic/swarm:Job")
    shown = {name: value for name, value in job.inputs.items() if name != "secret_values"}
    assert MARKER not in str(shown)
    assert "owner-marker" not in str(shown)
    assert job.plain("triggers") == {"volume": "token"}
    sql = config_text(engine, "netdata-role-sql")
    assert "pg_monitor" in sql
    assert "WHERE NOT EXISTS" in sql
