"""`make status`: how every service and job is. Changes nothing; its exit code tells whether all is well."""

import json
from contextlib import closing
from datetime import UTC, datetime

from rich.console import Console

from operations import authority, engine, setup, state
from operations.session import Session
from operations.status import reading, tables


def run(session: Session, *, as_json: bool = False) -> int:
    """Prints the status; gives 0 when all is well, else 1."""
    with session.board:
        ready = setup.without_engine(session)
    host = ready.settings.docker.host
    setup.require_engine(host)
    with closing(engine.client(host)) as client:
        found = reading.look(
            client,
            ready.settings,
            session.stack,
            known=state.service_names(state.deployment(ready.pulumi)),
            authority=authority.file_in(session.places.home),
            now=datetime.now(UTC),
        )
    if as_json:
        print(json.dumps(found.as_json(), indent=2))
    else:
        console = Console()
        tables.show(found, console if console.is_terminal else Console(width=tables.PLAIN_WIDTH))
    return int(bool(found.problems()))
