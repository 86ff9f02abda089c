"""Pid files that a killed daemon left: dockerd and containerd refuse to start, or trust a stranger, because of them.

Takes a pid file and the program it is for; removes it only when that program does not run under that pid.
"""

from collections.abc import Callable
from pathlib import Path

from operations.processes import name_of


def remove_stale(pid_file: Path, program: str, name_of: Callable[[int], str | None] = name_of) -> bool:
    """Removes the file when its process is dead, or is another program that was given the same pid since.

    Returns:
        Whether the file was removed.
    """
    try:
        text = pid_file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return False
    if text.isdigit() and name_of(int(text)) == program:
        return False
    pid_file.unlink()
    return True
