"""What to do about the causes of a failed task that Swarm and the engine name in words of their own.

Takes Swarm's message, gives what is allowed and the remedy in one line, or nothing for a cause that only the task's own
log tells. Apart, because it is a table: a cause that is met is a row here and one in its test. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NO_SPACE = (
    "the disk of that node is full; allowed is one with room for the image, its layers unpacked; free some there "
    "(docker system df shows what may go)"
)
NO_IMAGE = (
    "allowed is an image that the node has or its registry gives it, and a disk with room for it: Swarm says no more "
    "when a pull fills the disk; docker pull of it on that node tells the cause; choose another one in the settings of "
    "the service (image), put it there (docker load), or free some disk (docker system df shows what may go)"
)
PORT_TAKEN = (
    "a program on that node has the port; allowed is one that is free; end the program (as root, ss -ltnp names it), "
    "or choose another port in the settings"
)
NO_SOURCE = "allowed is a folder that is there on the node; make it, or change the setting that names it"

CAUSES: Mapping[re.Pattern[str], str] = {
    re.compile(r"no space left on device", re.IGNORECASE): NO_SPACE,
    re.compile(
        r"no such image|pull access denied|repository does not exist|manifest (for .* not found|unknown)"
        r"|invalid reference format|failed to resolve reference|Get .*/v2/",
        re.IGNORECASE,
    ): NO_IMAGE,
    re.compile(r"address already in use|port is already allocated|host-mode port already in use"): PORT_TAKEN,
    re.compile(r"bind source path does not exist"): NO_SOURCE,
}


def remedy(message: str) -> str | None:
    """Gives what is allowed and what to do; None for a cause that is not among the known ones."""
    return next((text for pattern, text in CAUSES.items() if pattern.search(message)), None)
