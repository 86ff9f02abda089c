"""An engine of our own, in name spaces of its own (a killed one leaves a mount): started, killed, brought back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.geteuid() != 0, reason="starting an engine needs root: run make test as root"),
]

SCRIPT = """
import json, os, signal, sys, time
from pathlib import Path
from contextlib import closing
from operations import engine, locations, processes, swarm

own = engine.own_engine(locations.find(os.environ), os.environ)
said, ways = [], []

def bring_up():
    ways.append(engine.ensure(own.host, own, log_dir=own.folder, say=said.append))
    with closing(engine.client(own.host)) as client:
        ways.append(swarm.ensure_manager(client, own.host))

def pid_of(file):
    return int(file.read_text())

try:
    bring_up()
    bring_up()
    killed = [pid_of(file) for file in (own.pid_file, own.containerd_pid_file)]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    while any(processes.name_of(pid) for pid in killed):
        time.sleep(0.1)
    bring_up()
finally:
    os.kill(pid_of(own.pid_file), signal.SIGTERM)
    while own.pid_file.exists():
        time.sleep(0.1)
print(json.dumps({"said": said, "ways": ways}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("engine")
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "LLMPROXY_HOME": str(folder / "home"),
        "LLMPROXY_ENGINE_SOCKET": str(folder / "docker.sock"),
        "LLMPROXY_ENGINE_EXEC_ROOT": str(folder / "run"),
        "LLMPROXY_ENGINE_OPTIONS": "--bridge=none --iptables=false --ip6tables=false --ip-forward=false",
    }
    run = ["unshare", "--net", "--mount", "sh", "-c", 'ip link set lo up && exec "$0" -c "$1"', sys.executable, SCRIPT]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_an_engine_is_started_where_none_answers_and_used_where_one_does(told: dict[str, list[str]]) -> None:
    started, _, found, _, _, _ = told["ways"]

    assert started.startswith("Debian's docker.io, started in the background, data in ")
    assert found.startswith("the one at unix://")


def test_a_swarm_is_made_once_and_used_from_then_on_also_after_a_kill(told: dict[str, list[str]]) -> None:
    assert told["ways"][1::2] == [
        "a new Swarm of this node alone (docker swarm init)",
        "manager of a Swarm with 1 node(s)",
        "manager of a Swarm with 1 node(s)",
    ]


def test_stale_pid_files_of_a_killed_engine_do_not_stop_the_next_one(told: dict[str, list[str]]) -> None:
    assert told["said"] == [
        "starting dockerd",
        "removed the stale dockerd.pid of an engine that was killed",
        "removed the stale containerd.pid of an engine that was killed",
        "starting dockerd",
    ]
