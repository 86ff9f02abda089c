"""What every part of one deployment shares: settings, secrets, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from components.naming import SwarmStack, portainer_owner
from stacks.settings import Settings
from stacks.stack_secrets import Secrets


@dataclass(frozen=True)
class Environment:
    """One Pulumi stack of the project.

    Attributes:
        project: The Pulumi project.
        stack: The Pulumi stack, such as `dev`.
        settings: What it may choose.
        secrets: What it must not show.
    """

    project: str
    stack: str
    settings: Settings
    secrets: Secrets

    def swarm_stack(self, name: str) -> SwarmStack:
        """The Swarm stack of that name in this environment."""
        ownership = self.settings.ownership
        return SwarmStack(
            name=name,
            project=self.project,
            environment=self.stack,
            prefix=self.settings.name_prefix,
            owner=portainer_owner(ownership.kind, teams=ownership.teams, users=ownership.users),
        )
