"""Whether each service has a node that it may run on and that is large enough, asked before anything is made.

Takes settings and a client of the engine; gives nothing, or an error that names the setting, what the nodes have and
what to do. Nodes that are down or drained count: what may run once they are back is no mistake in the settings.
"""

from collections.abc import Iterator
from pathlib import Path

import docker

from components import placement
from components.placement import Need
from operations.errors import RefusedEngine
from operations.stack_file import SETTINGS
from stacks.settings import Settings
from stacks.settings_base import Resources, Strict
from stacks.settings_socket_proxy import SocketProxy


def require(settings: Settings, client: docker.DockerClient, file: Path) -> None:
    """Refuses what no node of the Swarm has; `file` is where the settings stand.

    Raises:
        RefusedEngine: With one line for each service that could not run.
    """
    nodes = [placement.node(each.attrs) for each in client.nodes.list()]
    lines = [
        f"{file.name}: {SETTINGS}.{path}.{misfit.setting}: {misfit.text}"
        for path, need in needs(settings)
        for misfit in placement.misfits(need, nodes)
    ]
    if lines:
        raise RefusedEngine("\n".join(lines))


def needs(settings: Settings) -> Iterator[tuple[str, Need]]:
    """What each service that is switched on asks of its node, by the path of its settings."""
    for path, part, constraints in _switched_on(settings, "", ()):
        limits = getattr(part, "resources", None)
        if isinstance(part, SocketProxy) and not settings.has_socket_proxy:
            continue
        if isinstance(limits, Resources):
            yield path, Need(constraints, limits.memory_limit_mib, limits.memory_reservation_mib, limits.cpu_limit)


def _switched_on(part: Strict, path: str, inherited: tuple[str, ...]) -> Iterator[tuple[str, Strict, tuple[str, ...]]]:
    """A part of the settings and those within it, without what is switched off.

    What runs beside a service and has no constraints of its own, such as Netdata's discovery, has that service's.
    """
    if not getattr(part, "enabled", True):
        return
    constraints = tuple(getattr(part, "placement_constraints", inherited))
    yield path, part, constraints
    for name, field in type(part).model_fields.items():
        inner = getattr(part, name)
        if isinstance(inner, Strict):
            yield from _switched_on(inner, f"{path}.{field.alias}" if path else str(field.alias), constraints)
