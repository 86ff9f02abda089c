"""`make images`: builds the air-gap images on the engine, whatever the stack runs."""

from contextlib import closing

from operations import engine, images
from operations.locations import private_folder
from operations.session import Session


def run(session: Session) -> int:
    """Builds; gives the exit code."""
    host = engine.default_host(session.environment, engine.own_engine(session.places, session.environment))
    with session.board:
        with session.board.part("engine") as part:
            own = engine.own_engine(session.places, session.environment)
            part.done(engine.ensure(host, own, log_dir=private_folder(session.places.logs), say=part.say))
        with closing(engine.client(host)), session.board.part("images") as part:
            images.ensure(images.AIRGAP, host, session.places, part)
    return 0
