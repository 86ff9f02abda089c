"""`eval "$(make env)"`: a shell in which plain pulumi works on the stack. Nothing but exports is printed."""

import shlex
from collections.abc import Mapping

from operations import setup
from operations.pulumi_process import variables
from operations.session import Session


def run(session: Session) -> int:
    """Prints the exports; gives the exit code."""
    with session.board:
        ready = setup.without_engine(session)
    exported = variables(session.places, session.home, ready.pulumi.toolchain, session.environment)
    print(exports(exported), end="")
    return 0


def exports(exported: Mapping[str, str]) -> str:
    """Lines that a POSIX shell evaluates to exactly these variables."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in exported.items())
