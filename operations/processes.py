"""The processes of this machine, as far as the commands ask about them.

A table is taken once and reasoned about as plain data; psutil is only met here.
"""

import os
import signal
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psutil


@dataclass(frozen=True)
class Process:
    """One process.

    Attributes:
        started: Seconds since the epoch; with the pid it names a process for good.
        environment: Empty where this user may not read it.
    """

    pid: int
    parent: int
    started: float
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False, default_factory=dict)


def table() -> dict[int, Process]:
    """All processes, by pid."""
    found: dict[int, Process] = {}
    for process in psutil.process_iter():
        try:
            with process.oneshot():
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                found[process.pid] = Process(
                    process.pid,
                    process.ppid(),
                    process.create_time(),
                    tuple(process.cmdline()) or (process.name(),),
                    _environment(process),
                )
        except psutil.NoSuchProcess:
            continue
    return found


def name_of(pid: int) -> str | None:
    """The name of a living process; None where there is none (a zombie is dead)."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.name()
    except psutil.NoSuchProcess:
        return None


def signal_all(processes: Iterable[Process], number: signal.Signals) -> None:
    """Sends a signal to those that are still the processes that they were."""
    for process in processes:
        if is_still_there(process):
            try:
                os.kill(process.pid, number)
            except ProcessLookupError:
                continue


def wait_until_gone(processes: Iterable[Process], seconds: float) -> list[Process]:
    """Waits; gives those that are still there at the end."""
    ends = time.monotonic() + seconds
    left = [process for process in processes if is_still_there(process)]
    while left and time.monotonic() < ends:
        time.sleep(0.05)
        left = [process for process in left if is_still_there(process)]
    return left


def is_still_there(process: Process) -> bool:
    """Whether the pid still belongs to the process that was seen."""
    try:
        now = psutil.Process(process.pid)
        return now.create_time() == process.started and now.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.AccessDenied, OSError):
        return {}
