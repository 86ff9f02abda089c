"""Names and ownership labels of everything that is made in the Swarm.

Takes a prefix, a Swarm stack and the Pulumi project and stack; gives names such as `llmproxy-data_db` and the labels
by which `docker stack ls` and our own commands find what is ours. Apart, so that one place decides. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

NAMESPACE_LABEL = "com.docker.stack.namespace"
PROJECT_LABEL = "llmproxy.project"
STACK_LABEL = "llmproxy.stack"
SPEC_DIGEST_LABEL = "llmproxy.spec-digest"
VOLUME_TOKEN_LABEL = "llmproxy.volume-token"  # noqa: S105  names a label, is none
JOB_DIGEST_LABEL = "llmproxy.job-digest"
# Before the name of what began: on the tasks of a service that keeps in memory what its database holds.
BEGINNING_LABEL = "llmproxy.beginning."


@dataclass(frozen=True)
class SwarmStack:
    """A named group of services.

    Attributes:
        name: The group, such as `llmproxy-data`.
        project: The Pulumi project that owns it.
        environment: The Pulumi stack that owns it, such as `dev`.
        prefix: Put before every name, so that two installations can share a Swarm.
        owner: Portainer's access-control labels, carried by the services.
    """

    name: str
    project: str
    environment: str
    prefix: str = ""
    owner: Mapping[str, str] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        return f"{self.prefix}{self.name}"

    @property
    def labels(self) -> dict[str, str]:
        return {
            NAMESPACE_LABEL: self.namespace,
            PROJECT_LABEL: self.project,
            STACK_LABEL: self.environment,
        }

    @property
    def service_labels(self) -> dict[str, str]:
        """The labels of a service: also whose it is in Portainer. Networks and volumes never change their labels."""
        return {**self.labels, **self.owner}

    def member(self, short_name: str) -> str:
        """Names a service, network or volume of this group, as `docker stack deploy` would."""
        return f"{self.namespace}_{short_name}"


def portainer_owner(kind: str, *, teams: Sequence[str], users: Sequence[str]) -> dict[str, str]:
    """The labels by which Portainer knows who may manage a resource that it did not create.

    Args:
        kind: `private` (administrators only: no label), `public` or `restricted`.
        teams: Names of Portainer's teams, for `restricted`.
        users: Names of Portainer's users, likewise.
    """
    if kind == "public":
        return {"io.portainer.accesscontrol.public": "true"}
    given = {"io.portainer.accesscontrol.teams": teams, "io.portainer.accesscontrol.users": users}
    return {label: ",".join(sorted(names)) for label, names in given.items() if names}
