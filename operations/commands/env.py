"""`eval "$(make env)"`: a shell in which plain pulumi works on the stack. Nothing but exports is printed."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from operations import setup
from operations.pulumi_process import variables
from operations.session import Session


def run(session: Session) -> int:
    """Prints the exports; gives the exit code."""
    with session.board:
        ready = setup.without_engine(session)
    toolchain = ready.pulumi.toolchain
    print(exports(variables(session.places, session.home, toolchain), toolchain.programs), end="")
    return 0


def exports(exported: Mapping[str, str], programs: Path) -> str:
    """Lines that a POSIX shell evaluates to exactly these variables, with our programs first on its own PATH."""
    lines = [f'export PATH={shlex.quote(str(programs))}:"$PATH"']
    lines += [f"export {name}={shlex.quote(value)}" for name, value in exported.items()]
    return "\n".join(lines) + "\n"
