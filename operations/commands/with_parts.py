"""`python -m operations with-parts COMMAND…`: runs a command that needs toolchain, engine, Swarm and images.

Tests on the real thing start through it: it makes what is missing and says so, then becomes the command, with the
toolchain's programs first on PATH.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from operations import setup
from operations.session import Session


def run(session: Session, command: Sequence[str]) -> int:
    """Makes the parts and becomes the command; gives no exit code, as there is no way back."""
    with session.board:
        toolchain, host = setup.without_stack(session)
    path = os.pathsep.join(
        [str(toolchain.programs), str(Path(sys.prefix) / "bin"), session.environment.get("PATH", os.defpath)]
    )
    os.execvpe(command[0], list(command), {**session.environment, "PATH": path, "DOCKER_HOST": host})
