"""The catalog of one stack, read and resolved: what `catalog_files.py` does of it that needs no Pulumi.

Takes the settings and who has a key, gives the `ResolvedCatalog`. Apart, because `make secrets` asks the same catalog
which of its providers need a key. Pure of pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from litellm_resources.resolver import loading
from litellm_resources.resolver.document import Layer
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog
from stacks import images, service_keys
from stacks.secret_needs import GUARDRAIL_KEYS, MCP_SECRETS, PROVIDER_KEYS, Need
from stacks.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "catalog"


def read(
    settings: Settings,
    *,
    project: str,
    stack: str,
    has_key: Callable[[str], bool],
    skips: bool | None = None,
    folder: Path = FOLDER,
) -> ResolvedCatalog:
    """Reads and resolves the catalog.

    Args:
        settings: Those of the stack.
        project: The Pulumi project.
        stack: The Pulumi stack.
        has_key: Whether the stack config holds a key of the provider of that name.
        skips: Whether a provider without a key is left out instead of being a mistake; None: as the settings say.
        folder: Where the files lie.

    Raises:
        CatalogError: With one line for each mistake in the files.
    """
    layers = loading.load(loading.catalog_files(folder, stack, with_local=settings.catalog.read_local_overlay))
    return resolved(layers, settings, project=project, has_key=has_key, skips=skips)


def resolved(
    layers: Sequence[Layer],
    settings: Settings,
    *,
    project: str,
    has_key: Callable[[str], bool],
    skips: bool | None = None,
) -> ResolvedCatalog:
    """Resolves files that are read already; see `read`."""
    return resolve(
        layers,
        providers_with_key=has_key,
        skip_providers_without_key=settings.catalog.skip_providers_without_key if skips is None else skips,
        services=service_keys.switched(settings, project),
        litellm_version=images.litellm_version(settings),
    )


def provider_needs(
    settings: Settings, *, project: str, stack: str, has_key: Callable[[str], bool], folder: Path = FOLDER
) -> dict[str, Need]:
    """The keys of the catalog's providers, by their config keys: those that are used and those that are missing.

    A key that a local overlay holds, or that is a service's, is none of the config.

    Raises:
        CatalogError: With one line for each mistake in the files.
    """
    catalog = read(settings, project=project, stack=stack, has_key=has_key, skips=True, folder=folder)
    needs = {}
    for provider in catalog.providers:
        if provider.key_provider and not provider.has_local_key:
            need = Need(PROVIDER_KEYS, provider.key_provider, "the catalog's provider sends it", "needed")
            needs[need.key] = need
    for name in catalog.skipped:
        if name not in catalog.waiting_for_service:
            needs[f"{PROVIDER_KEYS}:{name}"] = _missing(name, is_skipped=settings.catalog.skip_providers_without_key)
    return needs | object_needs(catalog)


def object_needs(catalog: ResolvedCatalog) -> dict[str, Need]:
    """The secrets of the catalog's other objects, by their config keys."""
    servers = ((MCP_SECRETS, each.server_name, "MCP server") for each in catalog.mcp_servers if each.has_secret)
    guardrails = ((GUARDRAIL_KEYS, each.guardrail_name, "guardrail") for each in catalog.guardrails if each.has_secret)
    needs = (
        Need(namespace, name, f"the catalog's {kind} asks for it", "needed")
        for namespace, name, kind in (*servers, *guardrails)
    )
    return {need.key: need for need in needs}


def _missing(name: str, *, is_skipped: bool) -> Need:
    if is_skipped:
        return Need(PROVIDER_KEYS, name, "the catalog's provider is skipped until it has one", "optional")
    return Need(PROVIDER_KEYS, name, "the catalog's provider sends it", "needed")
