"""`make secret NAME=…`: one secret of the stack, alone on the output, for a command line or a person to take."""

from operations import setup
from operations.rotation import effective
from operations.session import Session


def run(session: Session, *, wanted: str | None = None) -> int:
    """Prints the secret; gives the exit code."""
    print(effective.value(setup.without_engine(session).pulumi, wanted))
    return 0
