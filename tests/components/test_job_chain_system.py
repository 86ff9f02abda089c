"""swarm-cronjob, job-keeper and a job together on a real Swarm, each in the image and with the files of its service."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from airgap.images import content, table
from components.python_program import FOLDER, command
from components.scheduled_job import ScheduledJobProvider
from components.services.job_keeper import PACKAGE
from tests.components.conftest import SECOND, RealSwarm
from tests.components.scheduled_jobs import eventually, made, props, replicas, report, runs_seen

pytestmark = pytest.mark.system

PORT = 28911
SOCKET = {"Type": "bind", "Source": "/var/run/docker.sock", "Target": "/var/run/docker.sock"}
GOOD = """sleep 2; echo 'llmproxy-report {"rows": 7, "bytes": 8}'"""
EVERY_FIVE_SECONDS = "*/5 * * * * *"


def image(name: str) -> str:
    return content.image_tag(table.load().find(name))


def service(swarm: RealSwarm, name: str, container: dict[str, Any], ports: list[dict[str, Any]]) -> None:
    swarm.post(
        "/services/create",
        {
            "Name": f"{swarm.prefix}{name}",
            "TaskTemplate": {"ContainerSpec": {**container, "Mounts": [SOCKET], "StopGracePeriod": 5 * SECOND}},
            "Mode": {"Replicated": {"Replicas": 1}},
            "EndpointSpec": {"Mode": "dnsrr", "Ports": ports},
        },
    )


@pytest.fixture
def keeper(swarm: RealSwarm) -> Iterator[None]:
    """The job-keeper of this test's jobs, on a port of its own."""
    files, ids = [], []
    for path in sorted(PACKAGE.glob("*.py")):
        name = f"{swarm.prefix}{path.stem.strip('_')}"
        created = swarm.client.create_config(name, path.read_bytes())
        ids.append(created["ID"])
        mounted = {"Name": f"{FOLDER}/{PACKAGE.name}/{path.name}", "UID": "0", "GID": "0", "Mode": 0o444}
        files.append({"ConfigID": created["ID"], "ConfigName": name, "File": mounted})
    started = {"Command": list(command(PACKAGE)), "Args": [f"llmproxy.stack={swarm.prefix}"]}
    port = {"TargetPort": 9101, "PublishedPort": PORT, "Protocol": "tcp", "PublishMode": "host"}
    service(swarm, "keeper", {"Image": image("python"), **started, "Configs": files, "ReadOnly": True}, [port])
    eventually(lambda: "llmproxy_job_keeper_last_look" in page("/metrics"), "the keeper answers", seconds=40)
    yield
    swarm.client.remove_service(f"{swarm.prefix}keeper")
    for config in ids:
        swarm.client.remove_config(config)


def page(path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as answer:
            text: str = answer.read().decode()
            return text
    except OSError:
        return ""


def keepers_container(swarm: RealSwarm) -> str:
    (found,) = swarm.client.containers(filters={"name": f"{swarm.prefix}keeper"})
    return str(found["Id"])


def test_scheduled_and_asked_for_runs_are_reported_once_each_also_across_a_keepers_death(
    swarm: RealSwarm, keeper: None
) -> None:
    state = made(props(swarm, GOOD, schedule=EVERY_FIVE_SECONDS, time_zone="Europe/Berlin", late_after_seconds=3600))
    service(swarm, "cronjob", {"Image": image("swarm-cronjob"), "ReadOnly": True}, [])
    eventually(lambda: "last-success" in report(swarm), "a scheduled run", seconds=40)
    eventually(lambda: replicas(swarm) == 0, "the reset")
    assert 'llmproxy_job_rows{job="job"} 7' in page("/metrics")
    assert ScheduledJobProvider().read("id", state).outs == state

    before = report(swarm)["last-start"]
    eventually(lambda: "running" in swarm.task_states(f"{swarm.prefix}job"), "the next run")
    swarm.client.kill(keepers_container(swarm))
    eventually(lambda: report(swarm)["last-start"] != before, "its report after the keeper came back", seconds=40)

    # From here on nothing is started but by hand.
    ScheduledJobProvider().update("id", state, props(swarm, "echo no space left; exit 4", late_after_seconds=3600))
    eventually(lambda: replicas(swarm) == 0, "rest")
    done = runs_seen(swarm)
    starts: set[str] = set()
    for _ in range(2):
        starts.add(report(swarm)["last-start"])
        scaled = subprocess.run(
            ["docker", "service", "scale", f"{swarm.prefix}job=1"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        eventually(lambda: report(swarm)["last-start"] not in starts, f"a run: {scaled.stderr}", seconds=30)
        eventually(lambda: replicas(swarm) == 0, "rest")
    assert len(runs_seen(swarm) - done) == 2
    assert (report(swarm)["last-exit-code"], report(swarm)["last-error"]) == ("4", "no space left")
    eventually(lambda: 'llmproxy_job_failed{job="job"} 1' in page("/metrics"), "the failure as a metric")
    assert 'llmproxy_job_late{job="job"} 0' in page("/metrics")
    logs = subprocess.run(
        ["docker", "service", "logs", f"{swarm.prefix}keeper"], capture_output=True, text=True, check=True
    )
    assert logs.stdout.count("failed, exit code 4") == 2
    assert "| no space left" in logs.stdout
