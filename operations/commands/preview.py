"""`make preview`: what `make up` would change, against what is really there. Changes nothing."""

from operations import setup
from operations.session import Session


def run(session: Session) -> int:
    """Prints pulumi's preview; gives the exit code."""
    with session.board:
        ready = setup.without_engine(session)
        setup.require_engine(ready.settings.docker.host)
        with session.board.part("pulumi preview") as part:
            tell = part.say if session.board.console.is_terminal else lambda _: None
            output = ready.pulumi.operate("preview", "--diff", tell=tell)
    print(output, end="")
    return 0
