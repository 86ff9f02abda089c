"""The machine that figures were measured on, in a line."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil


def described() -> str:
    """Processor, cores, memory, system and Python; nothing that names this machine."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores, gibibytes = psutil.cpu_count(), round(psutil.virtual_memory().total / 2**30)
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    processor = names[0] if names else platform.machine()
    return f"{processor}, {cores} cores, {gibibytes} GiB; {system}; Python {platform.python_version()}"
