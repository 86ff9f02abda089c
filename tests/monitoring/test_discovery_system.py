"""Discovery on a real Swarm: a foreign stack's labels reach a real Netdata within a minute, and so do their changes."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from airgap.images.build import DEFAULT_DOCKER_HOST, build
from components.services import netdata as netdata_service
from components.services.discovery import HEALTHY, PACKAGE
from tests.monitoring.conftest import until

pytestmark = pytest.mark.system

WITHIN = 60
PREFIX = f"mon{os.getpid()}"
NETWORK = f"{PREFIX}-monitoring"
OURS, THEIRS = f"{PREFIX}-ours", f"{PREFIX}-theirs"
DATABASE, BROKEN = f"{THEIRS}_db", f"{THEIRS}_broken"
PASSWORD = "word-5f1e"
DSN = f"postgresql://user:{PASSWORD}@{DATABASE}:5432/dbname"


def docker(*arguments: str, text: str | None = None, check: bool = True) -> str:
    done = subprocess.run(["docker", *arguments], input=text, capture_output=True, text=True, check=False, timeout=120)
    if check and done.returncode != 0:
        pytest.fail(f"docker {arguments[0]} {arguments[1]}: {done.stderr}")
    return done.stdout.strip()


def deploy(stack: str, services: Mapping[str, Any], **more: Any) -> None:
    networks = {"networks": {"monitoring": {"external": True, "name": NETWORK}}}
    document = {"version": "3.8", "services": services, **networks, **more}
    docker("stack", "deploy", "--compose-file", "-", "--resolve-image", "never", stack, text=json.dumps(document))


def service(image: str, **options: Any) -> dict[str, Any]:
    more = {"endpoint_mode": "dnsrr", **options.pop("deploy", {})}
    return {"image": image, "networks": ["monitoring"], "stop_grace_period": "1s", "deploy": more, **options}


class Netdata:
    """The Netdata of the test, and what is said of it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, *command: str) -> str:
        (container,) = self._client.containers.list(filters={"label": f"com.docker.swarm.service.name={OURS}_netdata"})
        return str(container.exec_run(list(command)).output, errors="replace")

    def has_values_of(self, job: str) -> bool:
        chart = f"postgres_{job}.connections_utilization"
        answer = self.run("curl", "-s", f"127.0.0.1:19999/api/v1/data?chart={chart}&after=-4&points=1&format=json")
        return '"data"' in answer and "null" not in answer.partition('"data"')[2]

    def log(self, service: str) -> str:
        return (
            docker("service", "logs", "--raw", f"{OURS}_{service}")
            + subprocess.run(
                ["docker", "service", "logs", "--raw", f"{OURS}_{service}"], capture_output=True, text=True, check=True
            ).stderr
        )


@pytest.fixture(scope="module")
def tags() -> dict[str, str]:
    folder = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy")) / "images"
    host = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
    names = ("netdata", "postgres", "python", "socket-proxy")
    return build(names, docker_host=host, lock_dir=folder, log_dir=folder / "logs", progress=print)


@pytest.fixture(scope="module")
def netdata(client: Any, tags: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Netdata]:
    jobs = tmp_path_factory.mktemp("jobs") / "jobs.json"
    jobs.write_text("{}")
    try:
        docker("network", "create", "--driver", "overlay", NETWORK)
        deploy(OURS, _ours(tags, jobs), volumes={"config": {}})
        watched = Netdata(client)
        until(lambda: "no jobs" in watched.log("discovery"), seconds=60, what="the discovery has looked")
        yield watched
    finally:
        for stack in (THEIRS, OURS):
            docker("stack", "rm", stack, check=False)
        deadline = time.monotonic() + 60
        while docker("ps", "--all", "--quiet", "--filter", f"name={PREFIX}-") and time.monotonic() < deadline:
            time.sleep(1)
        docker("network", "rm", NETWORK, check=False)
        docker("volume", "rm", f"{OURS}_config", check=False)


def _ours(tags: dict[str, str], jobs: Path) -> dict[str, Any]:
    network_id = docker("network", "inspect", "--format", "{{.Id}}", NETWORK)
    start = f"import runpy, sys; sys.path.insert(0, '/opt'); runpy.run_module({PACKAGE.name!r}, run_name='__main__')"
    return {
        "netdata": service(
            tags["netdata"],
            deploy={"mode": "global"},
            environment=netdata_service.ENVIRONMENT,
            volumes=["config:/etc/netdata"],
        ),
        "socket-proxy": service(
            tags["socket-proxy"],
            environment={"SERVICES": "1", "TASKS": "1"},
            volumes=["/var/run/docker.sock:/var/run/docker.sock:ro"],
        ),
        "discovery": service(
            tags["python"],
            deploy={"mode": "global"},
            command=["python3", "-c", start, "socket-proxy:2375", f"{OURS}_netdata", network_id, "/jobs.json"],
            hostname="{{.Node.ID}}",
            volumes=["config:/etc/netdata", f"{PACKAGE}:/opt/{PACKAGE.name}:ro", f"{jobs}:/jobs.json:ro"],
            healthcheck={"test": ["CMD", "python3", "-c", HEALTHY], "interval": "5s", "start_period": "30s"},
            read_only=True,
        ),
    }


def _theirs(tags: dict[str, str]) -> dict[str, Any]:
    """A stack with exactly the two labels of the original's README."""
    labels = ["netdata.postgres.name=my_database", f"netdata.postgres.dsn={DSN}"]
    environment = {"POSTGRES_USER": "user", "POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": "dbname"}
    return {
        "db": service(tags["postgres"], deploy={"labels": labels}, environment=environment),
        "broken": service(tags["python"], deploy={"labels": ["netdata.postgres.name=half"]}, command=["sleep", "600"]),
    }


def test_a_foreign_stack_is_found_within_a_minute_though_a_service_beside_it_has_half_a_label(
    netdata: Netdata, tags: dict[str, str]
) -> None:
    deploy(THEIRS, _theirs(tags))
    until(lambda: netdata.has_values_of("my_database"), seconds=WITHIN, what="Netdata asks the foreign database")
    lines = [line for line in netdata.log("discovery").splitlines() if BROKEN in line]
    assert len(set(lines)) == 1
    assert "netdata.postgres.dsn is missing" in lines[0]


def test_a_changed_label_reaches_netdata_within_a_minute(netdata: Netdata) -> None:
    docker("service", "update", "--detach", "--label-add", "netdata.postgres.name=renamed", DATABASE)
    until(lambda: netdata.has_values_of("renamed"), seconds=WITHIN, what="Netdata asks under the new name")
    until(lambda: not netdata.has_values_of("my_database"), seconds=30, what="Netdata no longer asks under the old one")


def test_a_removed_label_reaches_netdata_within_a_minute(netdata: Netdata) -> None:
    docker("service", "update", "--detach", "--label-rm", "netdata.postgres.name", DATABASE)
    until(lambda: not netdata.has_values_of("renamed"), seconds=WITHIN, what="Netdata no longer asks the database")
    assert "jobs: []" in netdata.run("cat", "/etc/netdata/go.d/postgres.conf")


def test_no_password_of_a_label_is_in_a_log(netdata: Netdata) -> None:
    for name in ("netdata", "discovery"):
        assert PASSWORD not in netdata.log(name)


def test_containers_are_called_by_their_service(netdata: Netdata) -> None:
    assert f"{OURS}_socket-proxy.1" in netdata.run("cat", "/etc/netdata/container-names")
