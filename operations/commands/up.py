"""`make up`: sets up what is missing, then converges the stack."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from operations import (
    dev_certificate,
    diagnostics,
    engine,
    half_made,
    host_ports,
    ownership,
    profiles,
    room,
    runs,
    setup,
    state,
)
from operations.farewell import farewell
from operations.home import linked_file, open_home
from operations.progress import Part
from operations.remedies import with_way_to_pulumi
from operations.session import Session
from operations.setup import Ready

# `+  docker:index:Service db created (2s)`: a step that is over.
STEP_OVER = re.compile(r"[+~-]+ +[\w/:-]+:[\w/:-]+ .*\b(created|updated|deleted|replaced|failed)\b")


def run(session: Session, *, profile: str | None = None) -> int:
    """Converges, after switching the stack file to a profile where one is given; gives the exit code."""
    profiles.require(session.places.clone, session.stack, profile)
    open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        host_ports.look_early(session, profile)
        ready = setup.everything(session, run_id, profile)
        forget_what_was_half_made(session, ready)
        forget_services_that_are_gone(ready)
        refuse_what_cannot_be(session, ready)
        certificate = dev_certificate.ensure(ready.pulumi, ready.settings)
        if certificate is not None:
            session.board.line(f"certificate: {certificate}")
        give_back_the_gateways_port(session, ready)
        with session.board.part("pulumi up") as part:
            output = ready.pulumi.operate("up", "--yes", "--skip-preview", "--refresh", tell=steps_of(session, part))
            part.done(in_words(output))
        tell_notices(output, session.stack, session.board.line)
        tell_kept_volumes(session, ready)
    print(farewell(ready.pulumi, ready.settings))
    return 0


def forget_what_was_half_made(session: Session, ready: Ready) -> None:
    """Ends what a killed run left between the engine and the state."""
    deployment = state.deployment(ready.pulumi)
    if not half_made.notes(deployment):
        return
    with closing(engine.client(ready.settings.docker.host)) as client:
        removed = half_made.remove(client, half_made.objects(deployment), session.stack)
    if removed:
        session.board.line(f"removing what a killed run had half made: {', '.join(removed)}")
    exported = json.loads(ready.pulumi.ask("stack", "export"))
    kept = {**exported, "deployment": half_made.without_notes(exported["deployment"])}
    ready.pulumi.ask("stack", "import", secret=json.dumps(kept))


def forget_services_that_are_gone(ready: Ready) -> None:
    """Drops from the state the services that the engine does not have.

    A run that removed one and ended before its container was gone leaves it in the state. A refresh that runs the
    program looks only at what the program names, so that a service which is switched off would be deleted again, and
    Docker's "not found" would end every later run.
    """
    known = state.urns_of_services(state.deployment(ready.pulumi))
    with closing(engine.client(ready.settings.docker.host)) as client:
        there = {service.name for service in client.services.list()} if known else set()
    gone = [word for name, urn in known.items() if name not in there for word in ("--target", urn)]
    if gone:
        without_program = {**ready.pulumi.environment, "PULUMI_RUN_PROGRAM": "false"}
        replace(ready.pulumi, environment=without_program).ask("refresh", "--yes", *gone)


def refuse_what_cannot_be(session: Session, ready: Ready) -> None:
    """Looks before anything is made: names of ours that the state does not know, ports, and nodes."""
    settings = ready.settings
    with closing(engine.client(settings.docker.host)) as client:
        existing = settings.ingress.existing
        live = ownership.of_our_name(
            client,
            settings.name_prefix,
            ownership.made_under(settings),
            joined=existing.network if existing else None,
        )
        known = ownership.mentioned(state.deployment(ready.pulumi)) if live else frozenset()
        ownership.refuse_unknown(live, known, ready.pulumi.home.stack)
        host_ports.look(session, ready, client)
        room.require(settings, client, linked_file(session.places.clone, session.stack))


def give_back_the_gateways_port(session: Session, ready: Ready) -> None:
    """Says so where the ingress has to end before the gateway can have its port."""

    def is_ours(name: str) -> bool:
        return name in state.service_names(state.deployment(ready.pulumi))

    with closing(engine.client(ready.settings.docker.host)) as client:
        if host_ports.give_back_the_gateways(ready.settings, client, is_ours=is_ours):
            session.board.line(
                f"traefik: ended, as the gateway has port {ready.settings.litellm.host_port} itself again"
            )


def steps_of(session: Session, part: Part) -> Callable[[str], None]:
    """Tells a terminal all that pulumi prints, each line in the place of the last; elsewhere the finished steps."""
    if session.board.console.is_terminal:
        return part.say
    # Why a step failed is told at the end, condensed.
    return lambda line: part.say(line.partition(" error: ")[0]) if STEP_OVER.match(line) else None


def tell_notices(output: str, stack: str, tell: Callable[[str], None]) -> None:
    """Says what a person should know although the run went well, such as providers that were skipped."""
    for notice in diagnostics.notices(output):
        tell(with_way_to_pulumi(notice, stack))


def tell_kept_volumes(session: Session, ready: Ready) -> None:
    """Says what services that are switched off left behind."""
    with closing(engine.client(ready.settings.docker.host)) as client:
        kept = ownership.without_service(client, ready.settings.name_prefix, session.stack)
    if kept:
        session.board.line(ownership.in_words(kept))


def in_words(output: str) -> str:
    """What a run changed."""
    counts = diagnostics.changes(output)
    return ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing changed"
