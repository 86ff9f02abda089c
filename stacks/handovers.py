"""The handovers of this installation: one for each service that is on and whose own key the catalog uses (ADR 12).

Takes the resolved catalog; gives what such a service has to wait for, and makes the other half once the credentials are
made. A service that no provider names has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from litellm_resources.resolver.resolved import ResolvedCatalog
from stacks import derived_secrets
from stacks.environment import Environment
from stacks.handover import Handover
from stacks.handover_base import HandoverArgs
from stacks.handover_end import HandoverEnd
from stacks.service_keys import SERVICES

STACK = "llmproxy"


@dataclass(frozen=True)
class Handovers:
    """The handovers by service."""

    args: Mapping[str, HandoverArgs]
    begun: Mapping[str, Handover]

    def before(self, service: str) -> list[pulumi.Resource]:
        """What this service must wait for before it changes."""
        return [self.begun[service]] if service in self.begun else []

    def end(self, after: Sequence[pulumi.Resource]) -> None:
        """Makes the second half of each, once these credentials are made."""
        later = pulumi.ResourceOptions(depends_on=list(after))
        for service, handover in self.begun.items():
            HandoverEnd(service, self.args[service], handover.begun, later)


def begin(environment: Environment, catalog: ResolvedCatalog) -> Handovers:
    """Makes the first half of each."""
    args = {
        service: _args(environment, service, credentials)
        for service in SERVICES
        if (credentials := [spec.name for spec in catalog.credentials if spec.key_service == service])
    }
    return Handovers(args, {service: Handover(service, one) for service, one in args.items()})


def _args(environment: Environment, service: str, credentials: Sequence[str]) -> HandoverArgs:
    one = SERVICES[service]
    files = {one.key_file: one.key, **one.other_files}
    return HandoverArgs(
        docker_host=environment.settings.docker.host,
        service_name=environment.swarm_stack(STACK).member(service),
        alias=service,
        port=one.port,
        key_file=one.key_file,
        secret_files={path: derived_secrets.secret(environment, name) for path, name in files.items()},
        credentials=credentials,
        private_paths=one.private_paths,
    )
