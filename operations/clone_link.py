"""A symlink in the clone to what lies outside it: so a second clone has it too, and `git clean` loses nothing.

Takes link and target. Stdlib only: the bootstrap links the virtual environment.
"""

import os
from pathlib import Path

from operations.errors import Foreign


def place(link: Path, target: Path, *, refusal: str) -> None:
    """Makes the link, or lets the one that is there point to the target, in one step.

    Raises:
        Foreign: There is a file or folder instead; the text is the refusal.
    """
    if link.is_symlink() and link.readlink() == target:
        return
    if link.exists() and not link.is_symlink():
        raise Foreign(refusal)
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.rename(link)
