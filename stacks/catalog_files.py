"""The catalog as its files give it: read, merged and resolved, with the provider keys of the stack config in mind.

Takes the environment, gives the `ResolvedCatalog`. Apart from `litellm_catalog.py`, which makes resources of it,
because reading comes first: a mistake in the catalog stops the run before anything is made.
"""

from __future__ import annotations

import pulumi

from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.resolved import ResolvedCatalog
from stacks import catalog_reading, stack_secrets
from stacks.environment import Environment
from stacks.settings import Settings


def read(environment: Environment) -> ResolvedCatalog:
    """Reads and resolves the catalog of this environment, and says what a local overlay or a missing key changed.

    Raises:
        pulumi.RunError: With one line for each mistake in the files.
        stack_secrets.SecretsError: Naming the first provider whose key no request can carry.
    """
    try:
        catalog = _resolved(environment.settings, project=environment.project, stack=environment.stack)
    except CatalogError as error:
        raise pulumi.RunError(str(error)) from error
    _object_secrets(catalog, environment.stack)
    for warning in catalog.warnings:
        pulumi.log.warn(warning)
    if catalog.local_values:
        pulumi.log.info(f"from the local overlay: {', '.join(catalog.local_values)}")
    return catalog


def problems(settings: Settings, *, project: str, stack: str) -> tuple[str, ...]:
    """What is wrong with the catalog or its providers' keys, one line each, for a run that cannot go on anyway."""
    try:
        _object_secrets(_resolved(settings, project=project, stack=stack), stack)
    except (CatalogError, stack_secrets.SecretsError) as error:
        return tuple(str(error).splitlines())
    return ()


def _object_secrets(catalog: ResolvedCatalog, stack: str) -> None:
    """Raises where a secret of an object is missing, before anything is made."""
    stack_secrets.of_objects(catalog_reading.object_needs(catalog).values(), stack=stack)


def _resolved(settings: Settings, *, project: str, stack: str) -> ResolvedCatalog:
    def has_key(name: str) -> bool:
        return stack_secrets.provider_key(name, stack=stack) is not None

    return catalog_reading.read(settings, project=project, stack=stack, has_key=has_key)
