"""All providers, and the question which of them have a key.

Takes the merged providers and who has a key; gives those in use, those skipped for lack of one, and all faults.
Whose key a provider uses stands in `key_sources.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litellm_resources.resolver.document import JsonObject, has_path, render_path
from litellm_resources.resolver.errors import Fault, quote, quote_all
from litellm_resources.resolver.expansion import Deployment, ExpandedProvider, expand
from litellm_resources.resolver.inheritance import InheritedProvider, inherit
from litellm_resources.resolver.key_sources import OF_SERVICE, KeySource, KeySources
from litellm_resources.resolver.references import ModelNames
from litellm_resources.resolver.resolved import CredentialSpec, ModelSpec


@dataclass(frozen=True)
class Providers:
    """The catalog's providers. Templates are in neither `used` nor `skipped`."""

    used: tuple[ExpandedProvider, ...]
    skipped: tuple[ExpandedProvider, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]

    def credentials(self) -> tuple[CredentialSpec, ...]:
        """What the providers in use make, sorted by name."""
        every = (credential for provider in self.used for credential in provider.credentials)
        return tuple(sorted(every, key=lambda credential: credential.name))

    def models(self) -> tuple[ModelSpec, ...]:
        """What the providers in use make, sorted by identity."""
        every = (deployment.spec for provider in self.used for deployment in provider.deployments)
        return tuple(sorted(every, key=lambda model: model.identity))

    def model_names(self) -> ModelNames:
        """What clients may ask for, and what they could if no provider were skipped."""
        return ModelNames(_model_names(self.used), _model_names(self.skipped))

    def access_groups(self) -> frozenset[str]:
        """Every access group that a deployment is in, those of skipped providers too."""
        return frozenset().union(*(provider.access_groups for provider in (*self.used, *self.skipped)))


def expand_providers(
    documents: Mapping[str, JsonObject], key_sources: KeySources, *, skip_without_key: bool
) -> Providers:
    """Inherit and expand every provider, then part those without a key from the rest."""
    inherited, faults = inherit(documents)
    sources = {name: key_sources.of(each, documents) for name, each in inherited.items()}
    active = [expand(each, sources[each.name].provider, sources[each.name].service) for each in inherited.values()]
    faults += key_sources.faults(documents)
    faults += _own_faults(active, inherited, documents)
    active = [provider for provider in active if not provider.template]
    faults += _repeated_identities([deployment for provider in active for deployment in provider.deployments])
    without_key = [provider for provider in active if provider.requires_key and not sources[provider.name].gives_a_key]
    if not skip_without_key:
        faults += [_no_key(inherited[provider.name], sources[provider.name]) for provider in without_key]
    skipped = tuple(without_key) if skip_without_key else ()
    used = tuple(provider for provider in active if provider not in skipped)
    warnings = [warning for provider in active for warning in provider.warnings]
    warnings += [_skipped(provider, sources[provider.name], _model_names(used)) for provider in skipped]
    return Providers(used, skipped, tuple(faults), tuple(warnings))


def _model_names(providers: tuple[ExpandedProvider, ...]) -> frozenset[str]:
    return frozenset(deployment.spec.model_name for provider in providers for deployment in provider.deployments)


def _own_faults(
    providers: Sequence[ExpandedProvider],
    inherited: Mapping[str, InheritedProvider],
    documents: Mapping[str, JsonObject],
) -> list[Fault]:
    """Each fault where it was written, and not once more for each provider that inherits it."""
    known = {(provider.name, fault.path[2:], fault.found) for provider in providers for fault in provider.faults}
    return [
        fault
        for provider in providers
        for fault in provider.faults
        if has_path(documents[provider.name], fault.path[2:])
        or not any((ancestor, fault.path[2:], fault.found) in known for ancestor in inherited[provider.name].line[1:])
    ]


def _no_key(inherited: InheritedProvider, source: KeySource) -> Fault:
    name = inherited.name
    if source.switch_on is not None:
        return Fault(
            ("providers", name, OF_SERVICE),
            f"the service {quote(str(source.service))}, which is switched off and so has no key",
            "a service that is on",
            f"{source.switch_on} (or skipProvidersWithoutKey: true in the settings)",
            rests_on=inherited.places_of("$extend", "template", "requires_key", OF_SERVICE),
        )
    return Fault(
        ("providers", name),
        "a provider without a key",
        'a key for each provider, or "requires_key": false',
        f"pulumi config set --secret litellm-api-keys:{name} (or skipProvidersWithoutKey: true in the settings)",
        rests_on=inherited.places_of("$extend", "template", "requires_key", "api_key", OF_SERVICE),
    )


def _skipped(provider: ExpandedProvider, source: KeySource, in_use: frozenset[str]) -> str:
    gone = quote_all(_model_names((provider,)) - in_use)
    lack = "has no key" if source.switch_on is None else f"uses the key of {source.service}, which is switched off,"
    remedy = source.switch_on or f"pulumi config set --secret litellm-api-keys:{provider.name}"
    return f"provider {quote(provider.name)} {lack} and is skipped; models left out: {gone}; to use it: {remedy}"


def _repeated_identities(deployments: list[Deployment]) -> list[Fault]:
    first: dict[str, Deployment] = {}
    faults = []
    for deployment in deployments:
        identity = deployment.spec.identity
        if identity in first:
            faults.append(
                Fault(
                    deployment.path,
                    f"the identity {quote(identity)}, which is that of {render_path(first[identity].path)} too",
                    "each model_name, credential and upstream model once",
                    'give one of the two "deployment": "<suffix>"',
                    rests_on=(deployment.path, first[identity].path),
                )
            )
        first.setdefault(identity, deployment)
    return faults
