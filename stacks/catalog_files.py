"""The catalog as its files give it: read, merged and resolved, with the provider keys of the stack config in mind.

Takes the environment, gives the `ResolvedCatalog`. Apart from `litellm_catalog.py`, which makes resources of it,
because reading comes first: a mistake in the catalog stops the run before anything is made.
"""

from __future__ import annotations

from pathlib import Path

import pulumi

from litellm_resources.resolver import loading
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog
from stacks import service_keys, stack_secrets
from stacks.environment import Environment

FOLDER = Path(__file__).resolve().parent.parent / "catalog"


def read(environment: Environment) -> ResolvedCatalog:
    """Reads and resolves the catalog of this environment, and says what a local overlay or a missing key changed.

    Raises:
        pulumi.RunError: With one line for each mistake in the files.
        stack_secrets.UnusableSecret: Naming the first provider whose key no request can carry.
    """
    settings, stack = environment.settings.catalog, environment.stack
    files = loading.catalog_files(FOLDER, stack, with_local=settings.read_local_overlay)
    try:
        catalog = resolve(
            loading.load(files),
            providers_with_key=lambda name: stack_secrets.provider_key(name, stack=stack) is not None,
            skip_providers_without_key=settings.skip_providers_without_key,
            services=service_keys.switched(environment.settings, environment.project),
        )
    except CatalogError as error:
        raise pulumi.RunError(str(error)) from error
    for warning in catalog.warnings:
        pulumi.log.warn(warning)
    if catalog.local_values:
        pulumi.log.info(f"from the local overlay: {', '.join(catalog.local_values)}")
    return catalog
