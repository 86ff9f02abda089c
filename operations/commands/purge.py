"""`make purge`: removes all of a stack: services, data, state, passphrase and secrets. Asks first.

A stack whose file is in git keeps the passphrase: git keeps the secrets, and nothing else opens them.

Works with the gateway dead. Where the engine is dead too and cannot be brought back, what is on it has to stay: it is
named with the commands that remove it, and state and secrets go.
"""

import dataclasses
import shutil
from contextlib import closing

from operations import engine, ownership, removal, runs, setup, state
from operations.commands.down import tearing_down
from operations.commands.up import in_words, steps_of
from operations.errors import OperationsError
from operations.home import linked_file, open_home, template_of
from operations.session import Session
from operations.setup import Ready
from stacks import port_waits
from stacks.settings import Settings

# Longer than any stop grace period but the gateway's and Traefik's, which settings choose: Netdata's is two minutes.
OTHERS_END_SECONDS = 150


def run(session: Session, *, force: bool) -> int:
    """Removes everything of the stack; gives the exit code."""
    if not force and not _agreed(session):
        raise OperationsError("purge: nothing was removed; to purge without being asked, type: make purge FORCE=1")
    open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        ready = setup.without_engine(session, run_id)
        setup.revive_engine(session, ready.settings.docker.host)
        silence = engine.why_silent(ready.settings.docker.host)
        if silence is None:
            _destroy(session, ready)
        else:
            _name_what_stays(session, ready, silence)
        # Old states lie beside the state; a backend elsewhere than in the stack's folder would keep them.
        old_states = ["--remove-backups"] if session.home.file_backend is not None else []
        ready.pulumi.ask("stack", "rm", session.stack, "--yes", "--force", "--preserve-config", *old_states)
        kept = remove_home(session)
    left = f"nothing of stack {session.stack} is left" if silence is None else "state and secrets are gone"
    print(f"purge: {left}{kept}")
    return 0


def _agreed(session: Session) -> bool:
    asked = f"Remove stack {session.stack} with all its data, state and secrets ({session.home.folder})?"
    return session.board.agrees(asked)


def _destroy(session: Session, ready: Ready) -> None:
    # The program would protect again what is to go; and a purge must work with a catalog that cannot be read.
    teardown = tearing_down(ready.pulumi)
    pulumi = dataclasses.replace(teardown, environment={**teardown.environment, "PULUMI_RUN_PROGRAM": "false"})
    deployment = state.deployment(pulumi)
    if state.has_anything(deployment):
        setup.require_engine(ready.settings.docker.host, is_filled=True)
    with closing(engine.client(ready.settings.docker.host)) as client:
        found = ownership.labelled(client, ready.settings.name_prefix, session.stack)
        holding = [each for each in found if each.kind in ("service", "volume")]
        ownership.refuse_unknown(holding, ownership.mentioned(deployment), session.stack)
    if state.resources(deployment):
        pulumi.ask("state", "unprotect", "--all", "--yes")
        with session.board.part("pulumi destroy") as part:
            output = pulumi.operate("destroy", "--yes", "--skip-preview", tell=steps_of(session, part))
            part.done(in_words(output))
    with closing(engine.client(ready.settings.docker.host)) as client:
        left = removal.remove_labelled(
            client, ready.settings.name_prefix, session.stack, in_use_seconds=_ending_seconds(ready.settings)
        )
    if left:
        session.board.line(f"removed what was left on the engine: {', '.join(left)}")


def _ending_seconds(settings: Settings) -> int:
    """How long the slowest of the removed services may take to end."""
    return max(port_waits.longest(settings), OTHERS_END_SECONDS)


def _name_what_stays(session: Session, ready: Ready, silence: str) -> None:
    stacks = [f"{ready.settings.name_prefix}{swarm_stack}" for swarm_stack in ownership.SWARM_STACKS]
    labels = " ".join(f"$(docker volume ls -q --filter label={ownership.NAMESPACE_LABEL}={each})" for each in stacks)
    session.board.line(
        f"engine: {ready.settings.docker.host} does not answer ({silence}): what the stack made there stays; once it "
        f"is back, type: docker stack rm {' '.join(stacks)}; then: docker volume rm {labels}"
    )


def remove_home(session: Session) -> str:
    """Removes the stack's folder; gives what of it is kept, in words."""
    clone, home = session.places.clone, session.home
    link = linked_file(clone, session.stack)
    if template_of(clone, session.stack).exists():
        if link.is_symlink():
            link.unlink()
        shutil.rmtree(home.folder)
        return ""
    for path in home.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != home.passphrase:
            path.unlink()
    return f" but {home.passphrase}, which opens the secrets in {link.name}"
