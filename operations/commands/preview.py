"""`make preview`: what `make up` would change, against what is really there. Changes nothing."""

from contextlib import closing

from operations import engine, room, setup
from operations.home import linked_file
from operations.session import Session


def run(session: Session) -> int:
    """Prints pulumi's preview; gives the exit code."""
    with session.board:
        ready = setup.without_engine(session)
        setup.require_engine(ready.settings.docker.host)
        with closing(engine.client(ready.settings.docker.host)) as client:
            room.require(ready.settings, client, linked_file(session.places.clone, session.stack))
        with session.board.part("pulumi preview") as part:
            tell = part.say if session.board.console.is_terminal else lambda _: None
            output = ready.pulumi.operate("preview", "--diff", tell=tell)
    print(output, end="")
    return 0
