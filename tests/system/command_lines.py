"""The arguments of all processes of this host, seen while something runs.

Any user of a machine may read them, so no secret may be among them, however shortly. A thread reads /proc many times a
second, those of containers too; a process that lives shorter than that is missed in one run and met in the next.
Environments (/proc/<pid>/environ) are left alone: only the process's own user and root can read them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PAUSE_SECONDS = 0.05


@dataclass
class CommandLines:
    """What was seen.

    Attributes:
        seen: Every command line, its arguments separated by NUL.
        rounds: How often all processes were looked at.
    """

    seen: set[bytes] = field(default_factory=set)
    rounds: int = 0

    def look(self) -> None:
        """Looks once at every process."""
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    self.seen.add((folder / "cmdline").read_bytes())
                except (FileNotFoundError, ProcessLookupError):
                    continue
        self.rounds += 1

    def has(self, *words: str) -> bool:
        """Whether a command line holds all the words."""
        return any(all(word.encode() in line for word in words) for line in self.seen)


@contextmanager
def watched() -> Iterator[CommandLines]:
    """Watches while the block runs."""
    found, ended = CommandLines(), threading.Event()

    def watch() -> None:
        while not ended.wait(PAUSE_SECONDS):
            found.look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()
