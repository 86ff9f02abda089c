"""The ports that we publish on the host: one that others have is refused, before the long builds and before the up.

Takes a session; gives nothing, or an error with the command that chooses another port. For an engine of another machine
only that engine can be asked; this machine's processes say nothing.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import docker

from operations import chosen_settings, engine, ports, setup, stack_file, state, swarm
from operations.engine import LOCAL
from operations.home import StackHome, template_of
from operations.session import Session
from operations.setup import Ready
from stacks import port_waits
from stacks.settings import Settings

# Who publishes the gateway's port changes hands when our ingress is switched on or off.
OWN_SERVICES = (state.GATEWAY, state.INGRESS)


@dataclass(frozen=True)
class HostPort:
    """A port of the host that the settings ask for.

    Attributes:
        number: The port.
        path: Its setting.
        variable: What chooses it in the environment until its service is made.
        service: That service.
    """

    number: int
    path: str
    variable: str
    service: str


def wanted(settings: Settings) -> list[HostPort]:
    """The ports that the settings ask for."""
    found = []
    if settings.litellm.host_port is not None:
        found.append(HostPort(settings.litellm.host_port, "litellm.hostPort", "LLMPROXY_GATEWAY_PORT", state.GATEWAY))
    if settings.traefik.enabled:
        found += [
            HostPort(settings.traefik.http_port, "traefik.httpPort", "LLMPROXY_HTTP_PORT", state.INGRESS),
            HostPort(settings.traefik.https_port, "traefik.httpsPort", "LLMPROXY_HTTPS_PORT", state.INGRESS),
        ]
    return found


def look_early(session: Session, profile: str | None = None) -> None:
    """Looks while nothing is installed, built or made yet, as far as that can be known.

    Raises:
        Foreign: Somebody else has the port.
        RefusedEngine: The engine is a worker, or its Swarm is locked or broken.
        OperationsError: A mistake in the stack file or in a variable.
    """
    home, clone = session.home, session.places.clone
    settings = chosen_settings.intended(home, clone, session.environment, profile)
    host = setup.docker_host(session)
    if home.state_file is None and stack_file.is_complete(home, clone):
        return  # only pulumi can say whether there is a gateway, and with it which port counts
    made = state.on_file(home)
    if engine.why_silent(host) is None:
        with closing(engine.client(host)) as client:
            # One that cannot be used at all is told first: its ports say nothing.
            swarm.refuse_unusable(client.info()["Swarm"], host)
            refuse_taken(settings, host, client, remedy=remedies(home, clone, made))
    elif not state.has_gateway(made):  # else our own may have it, which only the engine can tell
        refuse_taken(settings, host, None, remedy=remedies(home, clone, made))


def look(session: Session, ready: Ready, client: docker.DockerClient) -> None:
    """Looks before the up: refuses a port that is taken, warns of one that the kernel lends.

    Raises:
        Foreign: Somebody else has the port.
    """
    settings, home = ready.settings, session.home
    ways = remedies(home, session.places.clone, state.deployment(ready.pulumi))
    refuse_taken(settings, settings.docker.host, client, remedy=ways)
    warn_of_lending(settings, session.board.line)


def refuse_taken(
    settings: Settings, host: str, client: docker.DockerClient | None, *, remedy: Callable[[HostPort], str]
) -> None:
    """Refuses a port that the engine's containers, or processes of its machine, have.

    Raises:
        Foreign: Naming the owner and the remedy.
    """
    for port in wanted(settings):
        ports.require_free(
            port.number,
            client,
            own_services=[f"{settings.name_prefix}{service}" for service in OWN_SERVICES],
            leaving_seconds=port_waits.longest(settings),
            is_here=host.startswith(LOCAL),
            remedy=remedy(port),
        )


def give_back_the_gateways(settings: Settings, client: docker.DockerClient, *, is_ours: Callable[[str], bool]) -> bool:
    """Ends our ingress where it is switched off and the gateway's tasks publish their port themselves again.

    Pulumi deletes what is switched off last of all, and until then the gateway would wait for the port in vain.

    Args:
        settings: What is wanted.
        client: The engine.
        is_ours: Whether the state knows a service of that name.

    Returns:
        Whether there was anything to end.
    """
    name = f"{settings.name_prefix}{state.INGRESS}"
    if settings.traefik.enabled or settings.litellm.host_port is None or not is_ours(name):
        return False
    found = [service for service in client.services.list(filters={"name": name}) if service.name == name]
    for service in found:
        service.scale(0)
    return bool(found)


def warn_of_lending(settings: Settings, tell: Callable[[str], None], *, kernel: Path = ports.KERNEL) -> None:
    """Says so where this machine's kernel may lend a port."""
    if not settings.docker.host.startswith(LOCAL):
        return
    for port in wanted(settings):
        warning = ports.lending(port.number, port.path, kernel)
        if warning is not None:
            tell(warning)


def remedies(home: StackHome, clone: Path, made: object) -> Callable[[HostPort], str]:
    """Gives the command that chooses another port: the variable as long as it counts, else the stack file."""

    def remedy(port: HostPort) -> str:
        if template_of(clone, home.stack).exists() and not state.has_service(made, port.service):
            return f"{port.variable}=PORT make up{home.for_make}"
        change = f"pulumi config set --path llmproxy:settings.{port.path} PORT"
        return f'eval "$(make -s env{home.for_make})" && {change}'

    return remedy
