"""The wrapper's drain and kill, run by the real shells of this machine: who gets which signal when, what comes out."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.components.test_entrypoint import SCRIPT, SHELLS, run

PR_SET_CHILD_SUBREAPER = 36
DRAIN_SECONDS = 1
# How long a second of the wrapper is here: it waits by the command `sleep`, in whole seconds.
SECOND = 0.2
SLEEP = f"""#!/bin/sh
case $1 in 1) set -- {SECOND} ;; esac
exec {shutil.which("sleep")} "$1"
"""
# Tells what it gets, and ends with 7 on TERM.
SERVE = (
    "trap 'echo TERM; exit 7' TERM; trap 'echo HUP' HUP; trap 'echo USR1' USR1; "
    "echo ready; while :; do sleep 0.02; done"
)


def adopt_orphans() -> None:
    """Makes the wrapper inherit orphans, as process 1 of a container does."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def environment(folder: Path, end: str) -> dict[str, str]:
    """What the wrapper is started with, for that end of its command and with short seconds."""
    (folder / "env").write_text(f"{end}\nX=1\n")
    (folder / "sleep").write_text(SLEEP)
    (folder / "sleep").chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "LLMPROXY_ENV_FILE": str(folder / "env")}


@contextmanager
def started(
    shell: list[str], folder: Path, script: str, end: str = f"@drain {DRAIN_SECONDS}"
) -> Iterator[subprocess.Popen[str]]:
    """The wrapper with a drain, or another end; every process of it ends with the block."""
    process = subprocess.Popen(
        [*shell, str(SCRIPT), "sh", "-c", script],
        env=environment(folder, end),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=adopt_orphans,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
class TestInEveryShell:
    def test_the_command_gets_term_after_the_drain_and_its_exit_code_comes_out(
        self, shell: list[str], tmp_path: Path
    ) -> None:
        with started(shell, tmp_path, SERVE) as process:
            assert line(process) == "ready"
            began = time.monotonic()
            process.terminate()
            time.sleep(DRAIN_SECONDS * SECOND / 2)
            process.terminate()  # Swarm may say it twice
            assert line(process) == "TERM"
            assert time.monotonic() - began >= DRAIN_SECONDS * SECOND * 0.9
            assert process.wait(timeout=20) == 7

    def test_another_signal_is_passed_on_at_once_before_and_while_it_drains(
        self, shell: list[str], tmp_path: Path
    ) -> None:
        with started(shell, tmp_path, SERVE) as process:
            assert line(process) == "ready"
            process.send_signal(signal.SIGUSR1)
            assert line(process) == "USR1"
            process.terminate()
            time.sleep(SECOND / 4)  # bash loses a signal that comes while it runs the trap of another
            process.send_signal(signal.SIGUSR1)  # no HUP: a suite under nohup ignores it, and so do its shells
            assert [line(process), line(process)] == ["USR1", "TERM"]
            assert process.wait(timeout=20) == 7

    @pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 5", 5), ("kill -9 $$", 137)])
    def test_a_command_that_ends_by_itself_ends_the_wrapper(
        self, shell: list[str], tmp_path: Path, script: str, code: int
    ) -> None:
        with started(shell, tmp_path, script) as process:
            assert process.wait(timeout=20) == code

    def test_a_command_that_ends_while_it_drains_is_not_outlived(self, shell: list[str], tmp_path: Path) -> None:
        with started(shell, tmp_path, f"echo ready; sleep {SECOND / 2}; exit 5") as process:
            assert line(process) == "ready"
            process.terminate()
            assert process.wait(timeout=20) == 5

    @pytest.mark.parametrize("end", ["@kill 1", "@drain 1\n@kill 1"])
    def test_a_command_that_hangs_is_killed(self, shell: list[str], tmp_path: Path, end: str) -> None:
        with started(
            shell, tmp_path, "trap 'echo TERM' TERM; echo ready; while :; do sleep 0.02; done", end
        ) as process:
            assert line(process) == "ready"
            process.terminate()
            assert line(process) == "TERM"
            assert process.wait(timeout=20) == 137

    def test_a_command_that_ends_before_it_is_killed_gets_term_at_once(self, shell: list[str], tmp_path: Path) -> None:
        with started(shell, tmp_path, SERVE, "@kill 60") as process:
            assert line(process) == "ready"
            process.terminate()
            assert process.wait(timeout=5) == 7

    def test_orphans_of_the_command_are_reaped(self, shell: list[str], tmp_path: Path) -> None:
        orphan = "(sh -c 'sleep 0.05' & echo made) ; "
        with started(shell, tmp_path, orphan + SERVE) as process:
            assert [line(process), line(process)] == ["made", "ready"]
            time.sleep(0.3)
            states = [child.status() for child in psutil.Process(process.pid).children()]
            assert psutil.STATUS_ZOMBIE not in states
            assert len(states) == 1

    def test_a_term_at_any_moment_of_the_start_ends_it(self, shell: list[str], tmp_path: Path) -> None:
        given = environment(tmp_path, "@drain 1")
        processes = []
        for number in range(20):
            processes.append(subprocess.Popen([*shell, str(SCRIPT), "sleep", "30"], env=given))
            time.sleep(number / 4000)
            processes[-1].terminate()
        # As no process 1 it ends by the signal itself where nothing is trapped yet.
        assert {process.wait(timeout=20) for process in processes} <= {143, -signal.SIGTERM}

    @pytest.mark.parametrize("word", ["@drain", "@kill"])
    @pytest.mark.parametrize("seconds", ["", "x", "-1", "1.5", "1 2"])
    def test_what_is_no_number_of_seconds_is_told(
        self, shell: list[str], tmp_path: Path, seconds: str, word: str
    ) -> None:
        ended = run(shell, tmp_path, f"{word} {seconds}\n", "true")
        assert ended.returncode == 78
        assert f"after {word} in".encode() in ended.stderr

    def test_the_command_finds_nothing_of_the_drain_in_its_environment(self, shell: list[str], tmp_path: Path) -> None:
        ended = run(shell, tmp_path, "@drain 1\n@kill 1\nX=1\n", "env")
        names = {entry.split(b"=")[0].decode() for entry in ended.stdout.splitlines()}
        assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "LLMPROXY_ENV_FILE", "X"}
