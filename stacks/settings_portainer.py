"""The setting `portainer`: the management UI and its agents. A part of `settings.py`. Pure."""

from __future__ import annotations

from pydantic import Field

from stacks.settings_base import ON_EVERY_NODE, Resources, RoutedService, Strict, one_task
from stacks.settings_types import Constraints, HostPath


class Agent(Strict):
    """Portainer's agent, one on each node."""

    CANNOT_BE_SET = ON_EVERY_NODE

    image: str | None = Field(None, min_length=1, description="Image instead of the one that imageSource chooses.")
    resources: Resources = Field(Resources(), description="Limits of each of its tasks.")
    placement_constraints: Constraints = Field([], description="Swarm constraints besides node.platform.os==linux.")
    volumes_path: HostPath | None = Field(
        None,
        description="Where the engine of each node keeps its volumes, such as /var/lib/docker/volumes, so that "
        "Portainer can show the files in them; null: it does not look into them.",
    )


class Portainer(RoutedService):
    """Portainer, which shows and manages the Swarm. Its admin password counts at the first start only."""

    CANNOT_BE_SET = one_task("its database is one file, which one process holds")

    agent: Agent = Field(Agent(), description="Its agents, which run where and when Portainer does.")
