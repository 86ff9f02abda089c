"""The job files of Netdata's go.d.plugin: their text, and how they are put so that the plugin reads them again.

Takes jobs by module, gives files `<module>.conf`. A change is put whole by a rename; after it the first byte is written
once more, because the plugin's watcher passes over the rename of a file that it knows and would only look a minute
later, while it takes a write at once (`agent/discovery/file/watch.go`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

Job: TypeAlias = Mapping[str, "str | int | bool | Sequence[int] | Mapping[str, str]"]

HEAD = "# Written by llmproxy's discovery service. What is changed here by hand is lost.\n"
# Netdata's group, in the official image and in ours: a dsn may hold a password.
NETDATA_GROUP = 201
MODE = 0o640


def text(jobs: Sequence[Job]) -> str:
    """The file of some jobs. Each value is written as JSON, which is YAML whatever signs are in it."""
    if not jobs:
        return f"{HEAD}jobs: []\n"
    entries = ["\n".join(f"    {name}: {json.dumps(value)}" for name, value in job.items()) for job in jobs]
    return f"{HEAD}jobs:\n" + "\n".join(f"  -{entry[3:]}" for entry in entries) + "\n"


def put(folder: Path, module: str, content: str) -> bool:
    """Puts the file of a collector unless it is there already; gives whether it was written."""
    path = folder / f"{module}.conf"
    if not replace(path, content):
        return False
    with path.open("r+b", buffering=0) as again:
        again.write(content[:1].encode())
    return True


def replace(path: Path, content: str) -> bool:
    """Puts a file for Netdata's user, whole or not at all, unless it is there already; gives whether it was written."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), MODE)
        if os.geteuid() == 0:
            os.fchown(file.fileno(), 0, NETDATA_GROUP)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return True
