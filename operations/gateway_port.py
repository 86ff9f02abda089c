"""The gateway's port on its host: refused where somebody else has it, before the long builds and again before the up.

Takes a session; gives nothing, or an error with the command that chooses another port. For an engine of another machine
only that engine can be asked; this machine's processes say nothing.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import docker

from operations import engine, ports, setup, stack_file, state, swarm
from operations.engine import LOCAL
from operations.home import StackHome, template_of
from operations.session import Session
from operations.setup import Ready
from stacks.settings import Settings


def look_early(session: Session) -> None:
    """Looks while nothing is installed, built or made yet, as far as that can be known.

    Raises:
        Foreign: Somebody else has the port.
        RefusedEngine: The engine is a worker, or its Swarm is locked or broken.
        OperationsError: A mistake in the stack file or in a variable.
    """
    home, clone = session.home, session.places.clone
    settings, host = stack_file.intended(home, clone, session.environment), setup.docker_host(session)
    if home.state_file is None and stack_file.is_complete(home, clone):
        return  # only pulumi can say whether there is a gateway, and with it which port counts
    made = state.on_file(home)
    if engine.why_silent(host) is None:
        with closing(engine.client(host)) as client:
            # One that cannot be used at all is told first: its port says nothing.
            swarm.refuse_unusable(client.info()["Swarm"], host)
            refuse_taken(settings, host, client, remedy=remedy(home, clone, made))
    elif not state.has_gateway(made):  # else our own may have it, which only the engine can tell
        refuse_taken(settings, host, None, remedy=remedy(home, clone, made))


def look(session: Session, ready: Ready, client: docker.DockerClient) -> None:
    """Looks before the up: refuses a port that is taken, warns of one that the kernel lends.

    Raises:
        Foreign: Somebody else has the port.
    """
    settings, home = ready.settings, session.home
    ways = remedy(home, session.places.clone, state.deployment(ready.pulumi))
    refuse_taken(settings, settings.docker.host, client, remedy=ways)
    warn_of_lending(settings, session.board.line)


def refuse_taken(settings: Settings, host: str, client: docker.DockerClient | None, *, remedy: str) -> None:
    """Refuses a port that the engine's containers, or processes of its machine, have.

    Raises:
        Foreign: Naming the owner and the remedy.
    """
    if settings.litellm.host_port is not None:
        ports.require_free(
            settings.litellm.host_port,
            client,
            own_service=f"{settings.name_prefix}{state.GATEWAY}",
            is_here=host.startswith(LOCAL),
            remedy=remedy,
        )


def warn_of_lending(settings: Settings, tell: Callable[[str], None], *, kernel: Path = ports.KERNEL) -> None:
    """Says so where this machine's kernel may lend the port."""
    port = settings.litellm.host_port
    warning = ports.lending(port, kernel) if port is not None and settings.docker.host.startswith(LOCAL) else None
    if warning is not None:
        tell(warning)


def remedy(home: StackHome, clone: Path, made: object) -> str:
    """The command that chooses another port: the variable as long as it counts, else the stack file."""
    if template_of(clone, home.stack).exists() and not state.has_gateway(made):
        return f"LLMPROXY_GATEWAY_PORT=PORT make up{home.for_make}"
    change = "pulumi config set --path llmproxy:settings.litellm.hostPort PORT"
    return f'eval "$(make -s env{home.for_make})" && {change}'
