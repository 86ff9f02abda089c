"""Which image a service runs: the official one by digest, or the one built from packages (`airgap/images`).

Pure. The setting `imageSource` chooses for all, a service's own `image` setting wins for that service.
"""

from __future__ import annotations

from airgap.images import table
from stacks.settings import Settings


def image_of(settings: Settings, service: str) -> str:
    """Gives the image reference of a service (`postgres` or `litellm`)."""
    chosen = {"postgres": settings.postgres.image, "litellm": settings.litellm.image}[service]
    if chosen is not None:
        return chosen
    return table.reference(service, settings.image_source)
