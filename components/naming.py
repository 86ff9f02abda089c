"""Names and ownership labels of everything that is made in the Swarm.

Takes a prefix, a Swarm stack and the Pulumi project and stack; gives names such as `llmproxy-data_db` and the labels
by which `docker stack ls` and our own commands find what is ours. Apart, so that one place decides. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE_LABEL = "com.docker.stack.namespace"
PROJECT_LABEL = "llmproxy.project"
STACK_LABEL = "llmproxy.stack"
SPEC_DIGEST_LABEL = "llmproxy.spec-digest"
VOLUME_TOKEN_LABEL = "llmproxy.volume-token"  # noqa: S105  names a label, is none
JOB_DIGEST_LABEL = "llmproxy.job-digest"


@dataclass(frozen=True)
class SwarmStack:
    """A named group of services.

    Attributes:
        name: The group, such as `llmproxy-data`.
        project: The Pulumi project that owns it.
        environment: The Pulumi stack that owns it, such as `dev`.
        prefix: Put before every name, so that two installations can share a Swarm.
    """

    name: str
    project: str
    environment: str
    prefix: str = ""

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

    def member(self, short_name: str) -> str:
        """Names a service, network or volume of this group, as `docker stack deploy` would."""
        return f"{self.namespace}_{short_name}"
