"""The id of an overlay network that others made, by its name.

Takes engine and name, gives the id. A service is joined to a network by id, because joined by name it would want a
replacement after each refresh; and a network that is made anew under the same name has another id, which the refresh
before each run sees. Nothing is made or removed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi.dynamic import ReadResult, Resource

from components.engine_connection import connect
from components.errors import DataMismatch
from components.provider_border import ProviderInputs, parse
from components.swarm_provider import Props, SwarmProvider
from components.swarm_state import NetworkState


@dataclass(frozen=True)
class ForeignNetworkArgs:
    """Which network.

    Attributes:
        docker_host: Address of a manager's engine.
        name: The network's name.
        setting: Path of the setting that names it, for error texts.
    """

    docker_host: str
    name: str
    setting: str


class ForeignNetworkInputs(ProviderInputs):
    """The inputs."""

    docker_host: str
    name: str
    setting: str


class ForeignNetworkProvider(SwarmProvider):
    """Looks the network up in create, update and read."""

    compared = ("docker_host", "name")

    def identity(self, wanted: Props) -> str:
        return parse(ForeignNetworkInputs, wanted).name

    def converge(self, wanted: Props, _last: Props) -> Props:
        inputs = parse(ForeignNetworkInputs, wanted)
        with connect(inputs.docker_host) as api:
            return {"network_id": usable_id(inputs, api.network(inputs.name))}

    def look(self, id_: str, last: Props) -> ReadResult | None:
        inputs = parse(ForeignNetworkInputs, last)
        with connect(inputs.docker_host) as api:
            found = api.network(inputs.name)
        # One that is gone is forgotten: where it is still wanted, the next create says so.
        return ReadResult(id_, {**last, "network_id": found.network_id}) if found else ReadResult("", {})


class ForeignNetwork(Resource, module="swarm", name="ForeignNetwork"):
    """A network of others; see the module."""

    network_id: pulumi.Output[str]

    def __init__(self, name: str, args: ForeignNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {**vars(args), "network_id": None}
        super().__init__(ForeignNetworkProvider(), name, props, opts)


def usable_id(inputs: ForeignNetworkInputs, found: NetworkState | None) -> str:
    """Gives the id of a network that services can join.

    Raises:
        DataMismatch: There is no such network, or it is none of the Swarm.
    """
    if found is None:
        raise DataMismatch(
            f"{inputs.setting}: found no network {inputs.name} in the Swarm; allowed is the overlay network of a "
            f"Traefik that is there; make it (docker network create --driver overlay --attachable NAME) or correct it"
        )
    if found.scope != "swarm":
        raise DataMismatch(
            f"{inputs.setting}: network {inputs.name} is of driver {found.driver} on one machine; allowed is an "
            "overlay network of the Swarm; name another"
        )
    return found.network_id
