"""Which image a service runs: the official one, or the one built from packages (`airgap/images`).

Takes the settings, gives a reference. The setting `imageSource` chooses for all services, a service's own `image`
setting for that service. Reads the image folders, as an air-gap tag is the hash of what the image is built from.
"""

from __future__ import annotations

from airgap.images import content, table
from litellm_resources.resolver.prices import version_in
from stacks.settings import Settings


def postgres(settings: Settings) -> str:
    """The database's image."""
    return settings.postgres.image or _from_table(settings, "postgres")


def litellm(settings: Settings) -> str:
    """The gateway's image."""
    return settings.litellm.image or _from_table(settings, "litellm")


def litellm_version(settings: Settings) -> str | None:
    """The version that the gateway's image names; None where an image of one's own names none."""
    return version_in(settings.litellm.image) if settings.litellm.image else table.load().find("litellm").version


def choose(settings: Settings, name: str, own: str | None) -> str:
    """The image of any other service: its own setting, else the row of that name in the table."""
    return own or _from_table(settings, name)


def _from_table(settings: Settings, name: str) -> str:
    image = table.load().find(name)
    return content.image_tag(image) if settings.image_source == "airgap" else image.official.pinned
