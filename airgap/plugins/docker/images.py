"""Image references as the Docker client sends them.

The official plugin gives the image a tag if it has none, writes it in its short form, and on a create asks the registry
for the digest and the platforms. A registry that does not answer is no error: the image then stays as it is.
"""

from __future__ import annotations

import re

from airgap.plugins.docker.engine import Engine
from airgap.plugins.values import Tree, mapping, mappings, text

_HEX_ID = re.compile(r"^[0-9a-f]{64}$")
_SHORTENED = ("docker.io/library/", "index.docker.io/library/", "docker.io/", "index.docker.io/", "library/")


def familiar(image: str) -> str:
    """Returns the short form with a tag: `docker.io/library/nginx` is `nginx:latest`."""
    if not image or _HEX_ID.match(image):
        return image
    for prefix in _SHORTENED:
        if image.startswith(prefix):
            image = image.removeprefix(prefix)
            break
    name, _, digest = image.partition("@")
    if digest or ":" in name.rpartition("/")[2]:
        return image
    return f"{name}:latest"


def pin_image(client: Engine, spec: Tree, auth: Tree) -> None:
    """Writes the registry's digest and platforms into a service spec, if the registry answers."""
    from docker.errors import APIError

    template = mapping(spec["TaskTemplate"])
    container = mapping(template["ContainerSpec"])
    image = text(container.get("Image"))
    credentials = {"username": auth["username"], "password": auth["password"]} if auth.get("username") else None
    try:
        found = client.inspect_distribution(image, auth_config=credentials)
    except APIError:
        return
    digest = text(mapping(found.get("Descriptor")).get("digest"))
    if digest and "@" not in image:
        container["Image"] = f"{image}@{digest}"
    platforms = [
        {"Architecture": _architecture(text(entry.get("architecture"))), "OS": text(entry.get("os"))}
        for entry in mappings(found.get("Platforms"))
    ]
    if platforms:
        template["Placement"] = {**mapping(template.get("Placement")), "Platforms": platforms}


def _architecture(name: str) -> str:
    """Returns no architecture for arm: nodes report variants of it that Swarm would not match."""
    return "" if name.lower() == "arm" else name
