"""`make preview`: what `make up` would change, against what is really there. Changes nothing."""

from contextlib import closing

from operations import engine, room, setup
from operations.home import linked_file
from operations.session import Session
from operations.setup import Ready


def run(session: Session) -> int:
    """Prints pulumi's preview; gives the exit code."""
    with session.board:
        text = output(session, setup.without_engine(session))
    print(text, end="")
    return 0


def output(session: Session, ready: Ready) -> str:
    """What pulumi's preview says.

    Raises:
        RefusedEngine: There is no engine to compare with.
        PulumiFailed: It failed.
    """
    setup.require_engine(ready.settings.docker.host)
    with closing(engine.client(ready.settings.docker.host)) as client:
        room.require(ready.settings, client, linked_file(session.places.clone, session.stack))
    with session.board.part("pulumi preview") as part:
        tell = part.say if session.board.console.is_terminal else lambda _: None
        return ready.pulumi.operate("preview", "--diff", tell=tell)
