"""The disk of an engine fills while it pulls an image: told with its remedy, and over once there is room.

The engine is a throw-away one in name spaces of its own, its data on a small file system in memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from components.failure_causes import NO_IMAGE
from tests.components.conftest import busybox

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.geteuid() != 0, reason="starting an engine needs root: run make test as root"),
]

SCRIPT = """
import json, os, shutil, signal, subprocess, time
from contextlib import closing
from pathlib import Path
import pulumi
from components.rollout import RolloutGateProvider
from operations import engine, locations, swarm
from tests.components.small_registry import registry_of_one

BUSYBOX = Path(os.environ["BUSYBOX"]).read_bytes()
DATA = os.environ["LLMPROXY_ENGINE_DATA_ROOT"]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600m", "small", DATA], check=True)
own = engine.own_engine(locations.find(os.environ), os.environ)
engine.ensure(own.host, own, log_dir=own.folder, say=lambda line: None)
told = {}


def gate(service):
    wanted = {"service_id": service, "spec_digest": "", "image": reference, "replicas": 1.0, "monitor_seconds": 1.0,
              "update_state": "settled", "running": "all"}
    props = {"docker_host": own.host, "deadline_seconds": 60.0, "services": {"large": wanted}, "secret_values": []}
    try:
        RolloutGateProvider().create(props)
    except pulumi.RunError as error:
        return str(error)
    return "settled"


try:
    with closing(engine.client(own.host)) as client, registry_of_one(BUSYBOX, mib=60) as reference:
        swarm.ensure_manager(client, own.host)
        used = shutil.disk_usage(DATA).used >> 20
        subprocess.run(["mount", "-o", f"remount,size={used + 40}m", DATA], check=True)
        policy = {"Condition": "any", "Delay": 1_000_000_000}
        body = {
            "Name": "large",
            "TaskTemplate": {"ContainerSpec": {"Image": reference}, "RestartPolicy": policy},
            "Mode": {"Replicated": {"Replicas": 1}},
            "EndpointSpec": {"Mode": "dnsrr"},
        }
        made = client.api._post_json(client.api._url("/services/create"), data=body).json()["ID"]
        told["full"] = gate(made)
        subprocess.run(["mount", "-o", f"remount,size={used + 400}m", DATA], check=True)
        time.sleep(8)
        told["room"] = gate(made)
        client.services.get("large").remove()
    told["log"] = "".join(line for line in own.log.open() if "pull" in line)
finally:
    os.kill(int(own.pid_file.read_text()), signal.SIGTERM)
    while own.pid_file.exists():
        time.sleep(0.1)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("full")
    (folder / "data").mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "BUSYBOX": str(busybox(tmp_path_factory.mktemp("busybox"))),
        "LLMPROXY_HOME": str(folder / "home"),
        "LLMPROXY_ENGINE_SOCKET": str(folder / "docker.sock"),
        "LLMPROXY_ENGINE_DATA_ROOT": str(folder / "data"),
        "LLMPROXY_ENGINE_EXEC_ROOT": str(folder / "run"),
        "LLMPROXY_ENGINE_OPTIONS": "--bridge=none --iptables=false --ip6tables=false --ip-forward=false",
    }
    run = ["unshare", "--net", "--mount", "sh", "-c", 'ip link set lo up && exec "$0" -c "$1"', sys.executable, SCRIPT]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_full_disk_is_among_the_causes_that_are_told(told: dict[str, str]) -> None:
    # Docker 20.10 keeps the pull's own error, "no space left on device", in the engine's log (measured).
    assert "  Swarm says: No such image: 127.0.0.1:" in told["full"]
    assert f"  that means: {NO_IMAGE}" in told["full"].splitlines()
    assert "no space left on device" in told["log"]


def test_once_there_is_room_the_same_service_settles(told: dict[str, str]) -> None:
    assert told["room"] == "settled"
