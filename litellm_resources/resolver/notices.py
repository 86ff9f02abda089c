"""What of a catalog without mistakes is perhaps not meant: the warnings of a preview.

Takes the merged catalog, what it was resolved to and LiteLLM's version; gives notices, without those that the catalog
accepts. One module each knows fallbacks, models and accounts.
"""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from litellm_resources.resolver.account_notices import account_notices
from litellm_resources.resolver.authored import AuthoredCatalog, FallbackRule
from litellm_resources.resolver.document import Path
from litellm_resources.resolver.errors import Notice
from litellm_resources.resolver.expansion import Deployment
from litellm_resources.resolver.fallback_notices import FALLBACKS, FallbackTable, fallback_notices
from litellm_resources.resolver.model_notices import model_notices, smallest_context
from litellm_resources.resolver.prices import table_for
from litellm_resources.resolver.providers import Providers
from litellm_resources.resolver.resolved import RouterSettingsSpec

_OTHER_KINDS = ("context_window_fallbacks", "content_policy_fallbacks")


def notices(
    catalog: AuthoredCatalog, providers: Providers, router: RouterSettingsSpec, litellm_version: str | None
) -> list[Notice]:
    """Everything to say, in the catalog's order."""
    deployments = [deployment for provider in providers.used for deployment in provider.deployments]
    prices = table_for(litellm_version)
    aliases = {alias: _target(value) for alias, value in router.model_group_alias.items()}
    in_use = providers.model_names().kept | aliases.keys()
    in_use |= frozenset().union(*(provider.access_groups for provider in providers.used))
    by_name = _by_name(deployments)
    found = [
        *model_notices(deployments, prices),
        *fallback_notices(
            _tables(catalog, router), aliases, lambda name: smallest_context(by_name.get(name, ()), prices)
        ),
        *account_notices(catalog.users, catalog.teams, catalog.keys, in_use),
    ]
    return [notice for notice in found if notice.place not in catalog.accepted_warnings]


def _by_name(deployments: Sequence[Deployment]) -> Mapping[str, list[Deployment]]:
    named: dict[str, list[Deployment]] = {}
    for deployment in deployments:
        named.setdefault(deployment.spec.model_name, []).append(deployment)
    return named


def _tables(catalog: AuthoredCatalog, router: RouterSettingsSpec) -> list[FallbackTable]:
    tables = [_table(FALLBACKS, (FALLBACKS,), router.fallbacks, catalog.fallbacks)]
    for kind in _OTHER_KINDS:
        authored = getattr(catalog.router_settings, kind)
        tables.append(_table(kind, ("router_settings", kind), getattr(router, kind), authored))
    return tables


def _table(
    kind: str, place: Path, rules: Sequence[Mapping[str, Sequence[str]]], authored: Sequence[FallbackRule]
) -> FallbackTable:
    merged = {source: targets for rule in rules for source, targets in rule.items()}
    index = {source: position for position, rule in enumerate(authored) for source in rule}
    return FallbackTable(kind, merged, lambda source: (*place, index[source], source))


def _target(alias: JsonValue) -> str:
    return str(alias["model"] if isinstance(alias, dict) else alias)
