"""The whole way from layers to the resolved catalog.

Takes the layers and who has a key; gives the resolved catalog or raises `CatalogError` with all problems at once.
Which providers have a key is the caller's knowledge (secrets are not ours); an `api_key` in a local overlay counts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from litellm_resources.resolver.accounts import Accounts, expand_accounts
from litellm_resources.resolver.authored import AuthoredCatalog
from litellm_resources.resolver.budgets import Budgets, expand_budgets
from litellm_resources.resolver.document import JsonObject, Layer, file_of, leaf_paths, render_path
from litellm_resources.resolver.echoes import Echoes
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.guardrails import expand_guardrails, guardrail_faults
from litellm_resources.resolver.key_sources import KeySources
from litellm_resources.resolver.mcp_servers import expand_mcp_servers, mcp_server_faults
from litellm_resources.resolver.merging import merge_layers, take_api_keys
from litellm_resources.resolver.name_rules import name_faults
from litellm_resources.resolver.notices import notices
from litellm_resources.resolver.providers import Providers, expand_providers
from litellm_resources.resolver.resolved import ProviderSpec, ResolvedCatalog, SecretText
from litellm_resources.resolver.router import Router, expand_router
from litellm_resources.resolver.structure import check_layer
from litellm_resources.resolver.teams import Teams, expand_teams


def resolve(
    layers: Sequence[Layer],
    *,
    providers_with_key: Collection[str] | Callable[[str], bool],
    skip_providers_without_key: bool,
    services: Mapping[str, str | None] | None = None,
    litellm_version: str | None = None,
) -> ResolvedCatalog:
    """Resolve the catalog.

    Args:
        layers: The files from the lowest to the uppermost.
        providers_with_key: Names of the providers that have a key in the stack config, or a question for one name.
        skip_providers_without_key: True leaves such a provider out with a warning; False makes it an error, so that
            a missing file or key never deletes what is in use.
        services: Those of the installation that have a key of their own; for one that is switched off, what to do
            to have it on.
        litellm_version: Whose price table the warnings go by; None is the newest known one.

    Raises:
        CatalogError: With everything that is wrong, in all files.
    """
    in_config = providers_with_key if callable(providers_with_key) else frozenset(providers_with_key).__contains__
    checked = [check_layer(layer) for layer in layers]
    keyless, local_keys = take_api_keys([each.layer for each in checked])
    document, merge_faults = merge_layers(keyless)
    echoes = Echoes([hole for each in checked for hole in each.holes], document)

    key_sources = KeySources(lambda name: name in local_keys or in_config(name), services or {})
    providers = expand_providers(_providers(document), key_sources, skip_without_key=skip_providers_without_key)
    catalog = AuthoredCatalog.model_validate({**document, "providers": {}})
    router = expand_router(catalog, providers.model_names())
    names = providers.model_names().all() | catalog.aliases.keys() | providers.access_groups()
    accounts = expand_accounts(catalog.users, catalog.keys, names)
    teams = expand_teams(catalog.teams, catalog.users, catalog.keys, names)
    budgets = expand_budgets(catalog.budgets, catalog.keys)
    later = [*providers.faults, *router.faults, *accounts.faults, *budgets.faults, *teams.faults]
    later += name_faults(catalog)
    later += [*mcp_server_faults(catalog.mcp_servers), *guardrail_faults(catalog.guardrails)]
    faults = [*merge_faults, *((file_of(layers, fault.path), fault) for fault in later)]
    problems = [problem for each in checked for problem in each.problems]
    problems += [fault.in_file(file) for file, fault in faults if not echoes.has(fault)]
    if problems:
        raise CatalogError(problems)
    found = notices(catalog, providers, router.settings, litellm_version)
    told = [notice.in_file(file_of(layers, notice.path)) for notice in found]
    return _assemble(layers, catalog, providers, router, accounts, budgets, teams, local_keys, told)


def _assemble(
    layers: Sequence[Layer],
    catalog: AuthoredCatalog,
    providers: Providers,
    router: Router,
    accounts: Accounts,
    budgets: Budgets,
    teams: Teams,
    local_keys: Mapping[str, SecretText],
    told: Sequence[str],
) -> ResolvedCatalog:
    return ResolvedCatalog(
        credentials=providers.credentials(),
        models=providers.models(),
        router_settings=router.settings,
        users=accounts.users,
        budgets=budgets.budgets,
        teams=teams.teams,
        memberships=teams.memberships,
        keys=accounts.keys,
        guardrails=expand_guardrails(catalog.guardrails),
        mcp_servers=expand_mcp_servers(catalog.mcp_servers),
        providers=tuple(
            ProviderSpec(
                name=each.name,
                key_provider=each.key_provider,
                has_local_key=each.key_provider in local_keys,
                key_service=each.key_service,
            )
            for each in providers.used
        ),
        local_values=_local_values(layers),
        local_api_keys=local_keys,
        skipped=tuple(provider.name for provider in providers.skipped),
        warnings=(*providers.warnings, *_dropped_warning(router), *told),
        waiting_for_service=tuple(provider.name for provider in providers.skipped if provider.key_service),
    )


def _providers(document: JsonObject) -> dict[str, JsonObject]:
    providers = document.get("providers")
    every = providers.items() if isinstance(providers, dict) else ()
    return {name: provider for name, provider in every if isinstance(provider, dict)}


def _local_values(layers: Sequence[Layer]) -> tuple[str, ...]:
    paths = {path for layer in layers if layer.is_local for path in leaf_paths(layer.document)}
    return tuple(sorted(render_path(path) for path in paths if path not in {(), ("$schema",)}))


def _dropped_warning(router: Router) -> tuple[str, ...]:
    if not router.dropped:
        return ()
    return (f"left out, because they lead to models of skipped providers: {'; '.join(router.dropped)}",)
