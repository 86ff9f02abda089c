"""What the two halves of a handover have in common: which service, which credentials, and the way to both.

Takes property bags of Pulumi, gives the typed inputs and LiteLLM's side as a `Detour`. Here and not among the
components, because a handover is of the Swarm and of LiteLLM at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import ConfigureRequest

from components import provider_border
from components.handover_spec import clone_alias
from components.provider_border import ProviderInputs
from components.swarm_provider import Props, SwarmProvider
from litellm_resources.admin_api.connection import Connection, connection_from_config
from litellm_resources.admin_api.errors import AdminApiError
from litellm_resources.detour import Detour
from litellm_resources.failure_log import told_plainly
from litellm_resources.session import session_of


@dataclass(frozen=True)
class HandoverArgs:
    """A service whose own key LiteLLM uses.

    Attributes:
        docker_host: Address of a manager's engine.
        service_name: Its name in the Swarm.
        alias: Its network alias.
        port: Its port.
        key_file: The path of the secret file with its key.
        secret_files: All its secret files: what they hold, by path; the key's is among them.
        private_paths: Mounts that a second copy must not write to.
        credentials: Names of LiteLLM's credentials that use the key.
    """

    docker_host: str
    service_name: str
    alias: str
    port: int
    key_file: str
    secret_files: Mapping[str, pulumi.Input[str]]
    credentials: Sequence[str]
    private_paths: Sequence[str] = ()

    def props(self, owner: str) -> dict[str, pulumi.Input[object]]:
        """What both halves tell their providers."""
        return {
            "docker_host": self.docker_host,
            "service_name": self.service_name,
            "alias": self.alias,
            "port": self.port,
            "credentials": sorted(self.credentials),
            "owner": owner,
        }


class ServiceInputs(ProviderInputs):
    """The inputs of both halves."""

    docker_host: str
    service_name: str
    alias: str
    port: int
    credentials: list[str]
    owner: str


class HandoverSide(SwarmProvider):
    """A half of a handover; see the module. Holds the connection for the process only."""

    connection: Connection | None = None
    connection_error: AdminApiError | None = None

    def configure(self, req: ConfigureRequest) -> None:
        super().configure(req)
        try:
            self.connection = connection_from_config(req.config.get)
        except AdminApiError as error:
            # Told when the gateway is needed: taking everything down needs none.
            self.connection_error = error

    def identity(self, wanted: Props) -> str:
        return str(wanted["service_name"])

    @contextmanager
    def told(self, inputs: ServiceInputs) -> Iterator[None]:
        """Lets only `pulumi.RunError` out, whichever of the two sides failed."""
        with told_plainly(f"handover of {inputs.service_name}"), provider_border.told_plainly():
            yield

    def detour(self, inputs: ServiceInputs) -> Detour:
        """LiteLLM's side.

        Raises:
            AdminApiError: The stack config has no master key.
        """
        if self.connection is None:
            assert self.connection_error is not None, "Pulumi calls configure first"  # noqa: S101
            raise self.connection_error
        session = session_of(self.connection)
        return Detour(session, inputs.owner, inputs.credentials, clone_alias(inputs.alias), inputs.port)
