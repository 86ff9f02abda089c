"""`make rotate SECRET=…`: draws a new value of a secret, brings it to the services, and forgets the one of before.

What it does to users stands in docs/runbooks/rotate-secrets.md.
"""

from operations import authority, runs, setup
from operations.commands import up
from operations.errors import OperationsError
from operations.home import open_home
from operations.rotation import renewal, table
from operations.rotation.portainer_account import Account
from operations.rotation.renewal import Renewal
from operations.rotation.table import Rotation
from operations.session import Session
from operations.setup import Ready
from operations.status import doors
from stacks import host_names


def run(session: Session, *, secret: str | None = None) -> int:
    """Replaces a secret; gives the exit code."""
    rotation = table.find(secret)
    open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        ready = setup.without_engine(session, run_id)
        why_not = rotation.why_not(ready.settings) or renewal.why_not(ready.pulumi, rotation)
        if why_not is not None:
            raise OperationsError(f"rotate {rotation.name}: nothing was changed: {why_not}")
        setup.require_engine(ready.settings.docker.host)
        renewed = renewal.begin(ready.pulumi, rotation)
        session.board.line(
            f"rotate: {rotation.name}: {'goes on' if renewed.goes_on else 'a new value is in the config'}"
        )
    up.run(session)
    _finish(session, ready, rotation, renewed)
    again = f"make -s secret NAME={rotation.name}{session.home.for_make}"
    print(f"rotated: {rotation.name}; the new value, for those who need it: {again}")
    return 0


def _finish(session: Session, ready: Ready, rotation: Rotation, renewed: Renewal) -> None:
    """What is left to do once every service has the new value."""
    if rotation == table.PORTAINER_ADMIN:
        host = host_names.by_service(ready.settings)["portainer"]
        address = doors.address_of(host, ready.settings, authority.file_in(session.places.home))
        Account(address).change(renewed.before, renewed.after)
    renewal.end(ready.pulumi, rotation)
