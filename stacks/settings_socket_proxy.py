"""The setting `socketProxy`: what reads the Docker API for Traefik and for Netdata. A part of `settings.py`. Pure."""

from __future__ import annotations

from pydantic import Field

from stacks.settings_base import Resources, Strict
from stacks.settings_types import Constraints


class SocketProxy(Strict):
    """The socket proxy, which runs where Traefik or Netdata does: it has no switch of its own."""

    image: str | None = Field(None, min_length=1, description="Image instead of the one that imageSource chooses.")
    replicas: int = Field(
        1, ge=1, le=100, description="Its tasks, on managers: with several, the loss of one of them is not noticed."
    )
    resources: Resources = Field(Resources(), description="Limits of each of its tasks.")
    placement_constraints: Constraints = Field([], description="Swarm constraints besides node.role==manager.")
