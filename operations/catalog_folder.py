"""The catalog of a stack as it stands in the clone, and as it would stand with another text in the environment's file.

Takes the stack's settings and who has a key; gives the layers, the authored document and the resolved catalog.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from litellm_resources.resolver import loading
from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.merging import merge_layers, take_api_keys
from litellm_resources.resolver.resolved import ResolvedCatalog
from litellm_resources.resolver.structure import check_layer
from operations import stack_file
from operations.home import linked_file
from operations.locations import PROJECT
from operations.pulumi_process import Pulumi
from operations.rotation import effective
from operations.setup import Ready
from stacks import catalog_reading
from stacks.secret_needs import PROVIDER_KEYS
from stacks.settings import Settings

FOLDER = "catalog"


@dataclass(frozen=True)
class ProviderKeys:
    """The keys of the providers in a stack's config; a value is asked for only where it is compared."""

    pulumi: Pulumi

    def has(self, provider: str) -> bool:
        """Whether the config holds one."""
        return self.has_config(f"{PROVIDER_KEYS}:{provider}")

    def has_config(self, key: str) -> bool:
        """Whether there is a value for a config key."""
        return key in self._config

    def value(self, provider: str) -> str | None:
        """The key in clear; None when there is none."""
        return effective.configured(self.pulumi, f"{PROVIDER_KEYS}:{provider}") if self.has(provider) else None

    @cached_property
    def _config(self) -> dict[str, object]:
        return stack_file.read_config(linked_file(self.pulumi.places.clone, self.pulumi.home.stack))


@dataclass(frozen=True)
class Catalog:
    """A catalog with one text for the file of the environment.

    Attributes:
        layers: All files, lowest first.
        file: The file of the environment.
        text: What stands in it, or would.
    """

    layers: tuple[Layer, ...]
    file: Path
    text: str
    settings: Settings
    has_key: Callable[[str], bool]

    def with_text(self, text: str) -> Catalog:
        """The same with another text in the environment's file."""
        changed = replace(self.layers[1], document=json.loads(text))
        return replace(self, text=text, layers=(self.layers[0], changed, *self.layers[2:]))

    @cached_property
    def document(self) -> JsonObject:
        """All files merged, as they are authored."""
        keyless, _ = take_api_keys([check_layer(layer).layer for layer in self.layers])
        return merge_layers(keyless)[0]

    @cached_property
    def resolved(self) -> ResolvedCatalog:
        """What LiteLLM shall hold.

        Raises:
            CatalogError: With one line for each mistake in the files.
        """
        return catalog_reading.resolved(self.layers, self.settings, project=PROJECT, has_key=self.has_key)


def read(ready: Ready) -> Catalog:
    """The catalog of the stack.

    Raises:
        CatalogError: A file cannot be read.
    """
    pulumi, settings = ready.pulumi, ready.settings
    folder = pulumi.places.clone / FOLDER
    files = loading.catalog_files(folder, pulumi.home.stack, with_local=settings.catalog.read_local_overlay)
    file = files[1].path
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return Catalog(tuple(loading.load(files)), file, text, settings, ProviderKeys(pulumi).has)
