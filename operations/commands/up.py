"""`make up`: sets up what is missing, then converges the stack."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import docker

from operations import diagnostics, engine, half_made, ownership, ports, runs, setup
from operations.home import open_home
from operations.progress import Part
from operations.pulumi_process import Pulumi
from operations.session import Session
from operations.setup import Ready
from stacks.settings import Settings

# `+  docker:index:Service db created (2s)`: a step that is over.
STEP_OVER = re.compile(r"[+~-]+ +[\w/:-]+:[\w/:-]+ .*\b(created|updated|deleted|replaced|failed)\b")


def run(session: Session) -> int:
    """Converges; gives the exit code."""
    open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        ready = setup.everything(session, run_id)
        forget_what_was_half_made(session, ready)
        refuse_what_is_not_ours(session, ready)
        with session.board.part("pulumi up") as part:
            output = ready.pulumi.operate("up", "--yes", "--skip-preview", "--refresh", tell=steps_of(session, part))
            part.done(in_words(output))
    print(farewell(ready.pulumi))
    return 0


def forget_what_was_half_made(session: Session, ready: Ready) -> None:
    """Ends what a killed run left between the engine and the state."""
    state = deployment(ready.pulumi)
    if not half_made.notes(state):
        return
    with closing(engine.client(ready.settings.docker.host)) as client:
        removed = half_made.remove(client, half_made.objects(state), session.stack)
    if removed:
        session.board.line(f"removing what a killed run had half made: {', '.join(removed)}")
    exported = json.loads(ready.pulumi.ask("stack", "export"))
    kept = {**exported, "deployment": half_made.without_notes(exported["deployment"])}
    ready.pulumi.ask("stack", "import", secret=json.dumps(kept))


def refuse_what_is_not_ours(session: Session, ready: Ready) -> None:
    """Looks before anything is made: names of ours that the state does not know, and the gateway's port."""
    settings = ready.settings
    with closing(engine.client(settings.docker.host)) as client:
        live = ownership.of_our_name(client, settings.name_prefix)
        known = ownership.mentioned(deployment(ready.pulumi)) if live else frozenset()
        ownership.refuse_unknown(live, known, ready.pulumi.home.stack)
        look_at_port(settings, client, session.board.line)


def look_at_port(
    settings: Settings, client: docker.DockerClient, tell: Callable[[str], None], *, kernel: Path = ports.KERNEL
) -> None:
    """The gateway's port, where the engine is this machine's: refuses a taken one, warns of one that may be lent."""
    port = settings.litellm.host_port
    if port is None or not settings.docker.host.startswith("unix://"):
        return
    ports.require_free(port, client, own_service=f"{settings.name_prefix}llmproxy_litellm")
    warning = ports.lending(port, kernel)
    if warning is not None:
        tell(warning)


def deployment(pulumi: Pulumi) -> object:
    """The stack's state; read from the file where that is enough, which saves half a second."""
    path = pulumi.home.state_file
    if path is not None and path.exists():
        return json.loads(path.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest")
    return json.loads(pulumi.ask("stack", "export"))["deployment"]


def steps_of(session: Session, part: Part) -> Callable[[str], None]:
    """Tells a terminal all that pulumi prints, each line in the place of the last; elsewhere the finished steps."""
    if session.board.console.is_terminal:
        return part.say
    return lambda line: part.say(line) if STEP_OVER.match(line) else None


def in_words(output: str) -> str:
    """What a run changed."""
    counts = diagnostics.changes(output)
    return ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing changed"


def stack_outputs(state: object) -> Mapping[str, object]:
    """The outputs of the program in a state; secret ones are ciphertext."""
    resources = state.get("resources") or [] if isinstance(state, dict) else []
    for resource in resources:
        if resource["type"] == "pulumi:pulumi:Stack":
            return dict(resource.get("outputs") or {})
    return {}


def farewell(pulumi: Pulumi) -> str:
    """Where the gateway is, how to try it, and what to type next."""
    outputs = stack_outputs(deployment(pulumi))
    stack = "" if pulumi.home.stack == "dev" else f" STACK={pulumi.home.stack}"
    body = json.dumps({"model": outputs.get("modelAlias"), "messages": [{"role": "user", "content": "Hello"}]})
    url = outputs.get("gatewayUrl")
    curl = (
        f'curl -sS {shlex.quote(f"{url}/v1/chat/completions")} -H "Authorization: Bearer $(make -s key{stack})" '
        f"-H 'Content-Type: application/json' -d {shlex.quote(body)}"
    )
    rows = {
        "gateway": url,
        "UI": f'{outputs.get("uiUrl")} (user admin; password: eval "$(make -s env{stack})"; '
        "pulumi config get llmproxy:litellm-master-key)",
        "key": f"make -s key{stack}",
        "try it": curl,
        "next": f"make preview{stack}   make doctor{stack}   make down{stack}",
    }
    return "\n".join(f"{name + ':':<9} {value}" for name, value in rows.items())
