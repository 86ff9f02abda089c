"""A run killed before or after any of its writes leaves nothing behind that the next one does not mend.

A change of twenty objects of all kinds; who is killed takes turns: the provider process, the CLI alone, the CLI with
its process group. `LLMPROXY_TEST_KILL_POINTS=all` takes each write, each of the three, both versions; by default a few.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from litellm_resources.router_record import RECORD
from operations import runs
from operations.home import StackHome
from operations.pulumi_process import STACK_HOME
from tests.system.counting_proxy import BrokenOff, CountingProxy
from tests.system.litellm_stack import Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS

ALL = os.environ.get("LLMPROXY_TEST_KILL_POINTS") == "all"
# Of the writes of the change, the first one is 1. With `all` numbers that no run reaches are skipped.
WRITES = range(1, 41) if ALL else (1, 4, 7, 12, 16, 20)
AT_LEAST = 20
ENDED_SECONDS = 240
# From the kill until the thread that did it says so.
TOLD_SECONDS = 5


def of_version(number: int) -> dict[str, Any]:
    """Twenty objects that all differ from those of another number, some of them gone or new."""
    names = [f"model-{index}" for index in range(8)] + [f"model-of-{number}"]
    models = [
        {
            "identity": f"{name}@kill-openai:openai/{name}",
            "model_name": name,
            "upstream_model": f"openai/{name}",
            "credential_name": "kill-openai",
            "litellm_params": {"mock_response": "kill", "rpm": 100 + number},
        }
        for name in names
    ]
    limits = {"rpm_limit": 100 + number}
    users = [f"user-{index}" for index in range(2)] + [f"user-of-{number}"]
    keys = [f"key-{index}" for index in range(3)] + [f"key-of-{number}"]
    return {
        # One comes and one goes each time; a changed one shows after 30 s on 1.81.12, which would be waited for.
        "credentials": [
            {"credential_name": name, "api_base": "http://127.0.0.1:9/v1", "custom_llm_provider": "OpenAI"}
            for name in ("kill-openai", f"kill-of-{number}")
        ],
        "models": models,
        "router_settings": [{"model_group_alias": {"alias": f"model-of-{number}"}, "other": {"num_retries": number}}],
        "users": [{"user_id": each, "user_role": "internal_user", "models": ["m"], "limits": limits} for each in users],
        "keys": [{"key_alias": each, "models": ["m"], "limits": limits} for each in keys],
    }


class Killed:
    """A stack whose `up` is killed at one of its writes."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.proxy = CountingProxy(server)
        self.stack = Stack(folder, self.proxy.url, server.master_key).prepare()
        self.home = StackHome("dev", folder)
        self.version = 0

    def next_version(self) -> dict[str, Any]:
        """Makes the program want other objects; gives them."""
        self.version += 1
        wanted = of_version(self.version)
        self.stack.wants(wanted)
        return wanted

    def killed_at(self, write: int, kill: Callable[[subprocess.Popen[bytes]], None], *, before: bool) -> None:
        """Starts an `up` and kills at that write, which is passed on only where the kill comes after it."""
        up: list[subprocess.Popen[bytes]] = []
        seen, reached = threading.Lock(), threading.Event()
        count = 0

        def at(call: str) -> None:
            nonlocal count
            if call.startswith("GET"):
                return
            with seen:
                count += 1
                here = count == write
            if here:
                kill(up[0])
                reached.set()
            if count >= write:
                raise BrokenOff

        setattr(self.proxy, "before" if before else "after", at)
        try:
            up.append(self.stack.start_up())
            if up[0].wait(ENDED_SECONDS) == 0 and count < write and ALL and count >= AT_LEAST:
                pytest.skip(f"the change has {count} writes")
            assert reached.wait(TOLD_SECONDS), f"there were only {count} writes"
        finally:
            self.proxy.before = self.proxy.after = lambda _call: None
        runs.clean_up(self.home, say=print)

    def processes(self) -> list[list[str]]:
        """What still runs for the stack."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(STACK_HOME) == str(self.home.folder):
                    found.append(process.cmdline())
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def names(self) -> list[str]:
        """Of everything that is in LiteLLM, twice where it is there twice."""
        call = self.server.call
        return sorted(
            [
                *(row["model_name"] for row in call("GET", "/v2/model/info?size=1000")["data"]),
                *(
                    row["credential_name"]
                    for row in call("GET", "/credentials")["credentials"]
                    if not row["credential_name"].startswith(RECORD)
                ),
                *(row["user_id"] for row in call("GET", "/user/list?page_size=100")["users"]),
                *(row["key_alias"] for row in call("GET", "/key/list?size=100&return_full_object=true")["keys"]),
            ]
        )


@pytest.fixture(name="killed", scope="module", params=VERSIONS if ALL else VERSIONS[:1])
def _killed(
    request: pytest.FixtureRequest, real_litellms: RealLitellms, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Killed]:
    killed = Killed(real_litellms.shared(request.param), tmp_path_factory.mktemp("killed") / "stack")
    try:
        killed.stack.wants(of_version(0))
        killed.stack.up()
        yield killed
    finally:
        killed.proxy.close()


def kill_the_provider(_up: subprocess.Popen[bytes]) -> None:
    for process in psutil.Process(_up.pid).children(recursive=True):
        if "pulumi.dynamic" in process.cmdline():
            process.kill()


def kill_the_cli(up: subprocess.Popen[bytes]) -> None:
    up.kill()


def kill_the_group(up: subprocess.Popen[bytes]) -> None:
    os.killpg(up.pid, signal.SIGKILL)


VICTIMS = (kill_the_provider, kill_the_cli, kill_the_group)
POINTS = [
    (write, before, victim)
    for turn, write in enumerate(WRITES)
    for before in (True, False)
    for victim in (VICTIMS if ALL else VICTIMS[(turn + before) % 3 :][:1])
]


@pytest.mark.parametrize(
    ("write", "before", "kill"),
    [
        pytest.param(*point, id=f"{point[2].__name__}_{('after', 'before')[point[1]]}_write_{point[0]}")
        for point in POINTS
    ],
)
def test_after_a_run_killed_at_a_write_the_next_up_converges(
    killed: Killed, write: int, before: bool, kill: Callable[[Any], None]
) -> None:
    wanted = killed.next_version()
    killed.killed_at(write, kill, before=before)
    assert killed.processes() == []
    killed.stack.up()
    assert killed.stack.is_unchanged()
    fields = {"credentials": "credential_name", "models": "model_name", "users": "user_id", "keys": "key_alias"}
    assert killed.names() == sorted(each[field] for kind, field in fields.items() for each in wanted[kind])
