"""`make down`: takes the services down. What is protected (data, passwords) and all inside LiteLLM stay."""

import dataclasses
from contextlib import closing

from operations import engine, removal, runs, setup, state
from operations.commands.up import in_words, steps_of
from operations.home import open_home
from operations.pulumi_process import Pulumi
from operations.session import Session

# Under this switch the LiteLLM resources neither ask nor change the gateway, dead or alive.
TEARDOWN = {"LLMPROXY_TEARDOWN": "1"}


def run(session: Session) -> int:
    """Takes down; gives the exit code."""
    open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        ready = setup.without_engine(session, run_id)
        setup.revive_engine(session, ready.settings.docker.host)
        is_filled = state.has_anything(state.deployment(ready.pulumi))
        setup.require_engine(ready.settings.docker.host, is_filled=is_filled)
        with session.board.part("pulumi destroy") as part:
            output = tearing_down(ready.pulumi).operate(
                "destroy", "--yes", "--skip-preview", "--exclude-protected", tell=steps_of(session, part)
            )
            part.done(in_words(output))
        with closing(engine.client(ready.settings.docker.host)) as client:
            removal.remove_jobs(client, ready.settings.name_prefix, session.stack)
    print("down: the data, the generated passwords and all inside LiteLLM are kept; make up brings the gateway back")
    return 0


def tearing_down(pulumi: Pulumi) -> Pulumi:
    """The same pulumi under the switch for taking down."""
    return dataclasses.replace(pulumi, environment={**pulumi.environment, **TEARDOWN})
