"""`make key`: the virtual key, alone on the output, for a command line to take."""

from operations import setup
from operations.errors import OperationsError, PulumiFailed
from operations.session import Session

OUTPUT = "virtualKey"


def run(session: Session) -> int:
    """Prints the key; gives the exit code."""
    ready = setup.without_engine(session)
    try:
        value = ready.pulumi.ask("stack", "output", OUTPUT, "--show-secrets")
    except PulumiFailed as error:
        if OUTPUT in str(error):
            raise OperationsError(f"key: stack {session.stack} has no key yet; type: make up") from error
        raise
    print(value.strip())
    return 0
