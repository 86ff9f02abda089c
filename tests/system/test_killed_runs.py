"""A run that was killed or interrupted in the middle leaves no trap: the next `make up` converges."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.system import previewed
from tests.system.installation import Installation, docker, named, until
from tests.system.outcome import assert_converged, one_error

# Enough that the first are written while the last are not begun: four threads write at a time.
MODELS = tuple(f"midway-{number:02}" for number in range(16))
REACHED_SECONDS = 120.0
ENDED_SECONDS = 60.0

versions = count(1001)


class Midway:
    """An installation whose catalog holds many models, all changed at once by `change`."""

    def __init__(self, gateway: Installation) -> None:
        self.gateway = gateway
        self.key = gateway.master_key()
        self.version = 0

    def change(self) -> None:
        """Gives each of the models another limit, which stands for all that can be written."""
        self.version = next(versions)
        models = {name: {"litellm_params": {"mock_response": "midway", "rpm": self.version}} for name in MODELS}
        self.gateway.edit_catalog(lambda document: _models_of(document).update(models))

    def written(self) -> list[str]:
        """Which of the models LiteLLM has with the new limit."""
        rows = self.gateway.call("GET", "/model/info", self.key).json()["data"]
        return [row["model_name"] for row in rows if row["litellm_params"].get("rpm") == self.version]

    def start_and_reach_the_middle(self) -> subprocess.Popen[str]:
        """Starts `make up` and waits until it has written some of the models."""
        started = self.gateway.start("up")
        try:
            until(lambda: started.poll() is not None or len(self.written()) >= 3, seconds=REACHED_SECONDS, every=0.05)
            assert started.poll() is None, f"make up ended before it wrote a model:\n{started.communicate()[0]}"
        except BaseException:
            _kill_group(started.pid)
            raise
        return started

    def rows(self) -> list[tuple[str, str]]:
        """Name and identity of every row of ours that the database holds."""
        lines = self.gateway.sql(
            "select model_name, model_info->'llmproxy'->>'identity' from \"LiteLLM_ProxyModelTable\" "
            "where model_info->>'managed_by' = 'llmproxy'"
        )
        pairs = [line.split("|") for line in lines.splitlines()]
        return sorted((name, identity) for name, identity in pairs)

    def processes(self) -> list[psutil.Process]:
        """What runs for this stack: pulumi and all that it started carry the stack's folder."""
        return [process for process in psutil.process_iter() if _belongs_to(process, self.folder)]

    @property
    def folder(self) -> Path:
        return self.gateway.home / "llmproxy" / "dev"

    def locks(self) -> list[Path]:
        return list(self.folder.glob("state/.pulumi/locks/**/*.json"))


@pytest.fixture(scope="module")
def midway(gateway: Installation) -> Iterator[Midway]:
    """The shared gateway with many more models, taken away again at the end."""
    catalog = gateway.clone / "catalog" / "dev.json"
    before = catalog.read_text(encoding="utf-8")
    try:
        yield Midway(gateway)
    finally:
        catalog.write_text(before, encoding="utf-8")
        gateway.make("up")


def kill_the_cli(midway: Midway, _started: subprocess.Popen[str]) -> None:
    """As the kernel does when memory is short: pulumi alone, its children live on."""
    _pulumi_of(midway).kill()


def kill_the_clis_group(midway: Midway, _started: subprocess.Popen[str]) -> None:
    """Pulumi and what it started in its own process group."""
    _kill_group(os.getpgid(_pulumi_of(midway).pid))


def kill_makes_group(_midway: Midway, started: subprocess.Popen[str]) -> None:
    """As closing the terminal hard does: make and the command go, pulumi lives on in a group of its own."""
    _kill_group(started.pid)


@pytest.mark.parametrize(
    "kill",
    [
        kill_the_cli,
        kill_the_clis_group,
        kill_makes_group,
    ],
)
def test_after_a_run_killed_in_the_middle_of_the_model_writes_the_next_up_converges(
    midway: Midway, kill: Callable[[Midway, subprocess.Popen[str]], None]
) -> None:
    midway.change()
    started = midway.start_and_reach_the_middle()
    kill(midway, started)
    said, _ = started.communicate(timeout=ENDED_SECONDS)
    reached = midway.written()

    assert started.returncode != 0
    assert 0 < len(reached) < len(MODELS), "the kill did not come in the middle"
    assert "Traceback" not in said, said
    if kill is not kill_makes_group:
        killed = subprocess.CompletedProcess(started.args, started.returncode, stdout="", stderr=said)
        assert "was killed (SIGKILL)" in one_error(killed)

    locks = midway.locks()
    healed = midway.gateway.make("up")

    told = healed.stderr.splitlines()
    assert {f"removing the lock of a killed run: {lock.name}" for lock in locks} <= {*told}
    assert any("that a killed run left" in line for line in told) or locks
    # Only where make was killed pulumi may have lived on, and have taken its own lock away.
    assert locks or kill is kill_makes_group
    assert midway.locks() == []
    assert midway.processes() == []
    _assert_all_written_once(midway)
    assert_converged(midway.gateway)


def test_ctrl_c_ends_in_one_line_with_everything_done_in_the_state(midway: Midway) -> None:
    midway.change()
    started = midway.start_and_reach_the_middle()
    os.killpg(started.pid, signal.SIGINT)
    said, _ = started.communicate(timeout=ENDED_SECONDS)

    assert started.returncode != 0
    (line,) = [line for line in said.splitlines() if line.startswith("error: ")]
    assert "interrupted; what was done is in the state, the next make up goes on" in line
    assert "Traceback" not in said, said
    assert midway.locks() == []
    assert sorted(_in_the_state(midway)) == sorted(midway.written())
    assert len(midway.written()) < len(MODELS), "the interrupt did not come in the middle"

    midway.gateway.make("up")

    assert midway.processes() == []
    _assert_all_written_once(midway)
    assert_converged(midway.gateway)


def test_a_gateway_that_dies_in_the_middle_of_the_writes_is_one_error_and_the_next_up_goes_on(midway: Midway) -> None:
    gateway = midway.gateway
    container = gateway.container("litellm")
    midway.change()
    started = midway.start_and_reach_the_middle()
    docker("kill", container)
    said, _ = started.communicate(timeout=ENDED_SECONDS)
    noted = _in_the_state(midway)

    told = one_error(subprocess.CompletedProcess(started.args, started.returncode, stdout="", stderr=said))
    assert gateway.url in told
    assert "make up" in told
    assert 0 < len(noted) < len(MODELS), "the gateway did not die in the middle"

    gateway.make("up")

    _assert_all_written_once(midway)
    assert_converged(gateway)


def test_a_row_of_a_killed_run_that_the_catalog_names_no_more_is_shown_and_removed(midway: Midway) -> None:
    gateway, before = midway.gateway, midway.rows()
    marker = {"managed_by": "llmproxy", "llmproxy": {"project": "llmproxy", "stack": "dev", "identity": "forgotten"}}
    params = {"model": "openai/forgotten", "mock_response": "served for ever"}
    row = {"model_name": "forgotten", "litellm_params": params, "model_info": {"id": "forgotten", **marker}}
    gateway.admin("POST", "/model/new", row).raise_for_status()

    steps = previewed.steps(gateway.make("preview").stdout)
    assert ("forgotten", "forgotten") in midway.rows(), "a preview removes nothing"
    done = gateway.make("up")

    assert set(steps) == {"update Leftovers leftovers"}
    assert '"model forgotten"' in steps["update Leftovers leftovers"].text
    assert "pulumi up: 1 updated" in done.stderr
    assert "removed what was left over from a run that did not end: model forgotten" in done.stderr
    assert midway.rows() == before
    assert_converged(gateway)


def test_a_service_made_by_a_run_that_was_killed_before_it_noted_so_is_made_again(midway: Midway) -> None:
    gateway, service = midway.gateway, midway.gateway.service("litellm")
    rows = midway.rows()
    path = midway.folder / "state/.pulumi/stacks/llmproxy/dev.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    resources = state["checkpoint"]["latest"]["resources"]
    made = next(index for index, each in enumerate(resources) if each.get("inputs", {}).get("name") == service)
    note = {"resource": resources[made], "type": "creating"}
    # What the state holds between the call that makes the service and the next write: nothing from there on.
    state["checkpoint"]["latest"] |= {"resources": resources[:made], "pending_operations": [note]}
    path.write_text(json.dumps(state), encoding="utf-8")

    healed = gateway.make("up")

    assert f"removing what a killed run had half made: {service}" in healed.stderr.splitlines()
    assert midway.rows() == rows
    assert "creating" not in path.read_text(encoding="utf-8")
    assert_converged(gateway)


def test_after_a_run_killed_between_two_services_the_next_up_makes_the_other(midway: Midway) -> None:
    gateway, rows = midway.gateway, midway.rows()
    first, second = f"{gateway.prefix}portainer_agent", f"{gateway.prefix}portainer_portainer"
    gateway.setting("portainer.enabled", "true")
    try:
        started = gateway.start("up")
        try:
            # Portainer waits for its agents: between the two the gate watches for seconds.
            until(lambda: started.poll() is not None or first in _services(gateway), seconds=REACHED_SECONDS, every=0.1)
            kill_the_cli(midway, started)
        except BaseException:
            _kill_group(started.pid)
            raise
        said, _ = started.communicate(timeout=ENDED_SECONDS)
        reached = _services(gateway)

        assert first in reached, said
        assert second not in reached, "the kill did not come between the two"
        killed = subprocess.CompletedProcess(started.args, started.returncode, stdout="", stderr=said)
        assert "was killed (SIGKILL)" in one_error(killed)

        gateway.make("up")

        assert {first, second} <= _services(gateway)
        assert midway.rows() == rows
        assert midway.locks() == []
        assert_converged(gateway)
    finally:
        gateway.unset("portainer.enabled")
        gateway.make("up")
    assert not {first, second} & _services(gateway)


def _services(gateway: Installation) -> set[str]:
    return {*named("service", gateway.prefix)}


def _assert_all_written_once(midway: Midway) -> None:
    identities = [identity for _, identity in midway.rows()]
    assert sorted(identities) == sorted(set(identities)), "an identity has more than one row"
    assert sorted(midway.written()) == sorted(MODELS)


def _in_the_state(midway: Midway) -> list[str]:
    """Which of the models the state holds with the new limit."""
    exported = json.loads(midway.gateway.pulumi("stack", "export").stdout)
    resources = exported["deployment"]["resources"]
    models = [resource["outputs"] for resource in resources if resource["type"].endswith("litellm:Model")]
    return [model["model_name"] for model in models if model["litellm_params"].get("rpm") == midway.version]


def _models_of(document: dict[str, Any]) -> dict[str, Any]:
    models: dict[str, Any] = document["providers"]["mock"]["interfaces"]["openai"]["models"]
    return models


def _pulumi_of(midway: Midway) -> psutil.Process:
    """The CLI that runs the `up`."""
    (found,) = [process for process in midway.processes() if Path(process.cmdline()[0]).name == "pulumi"]
    return found


def _belongs_to(process: psutil.Process, folder: Path) -> bool:
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and process.environ().get("LLMPROXY_STACK_HOME") == str(folder)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
