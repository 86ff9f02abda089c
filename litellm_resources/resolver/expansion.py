"""One provider into its credentials and deployments.

Takes a provider with all that it inherits; gives its specs and what is wrong with it. What an interface adds to the
base URL, and what LiteLLM calls it, is the table `INTERFACES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from litellm_resources.resolver.authored import AuthoredModel, AuthoredModels, AuthoredProvider
from litellm_resources.resolver.document import JsonObject, Path
from litellm_resources.resolver.errors import Fault, quote_all
from litellm_resources.resolver.inheritance import InheritedProvider
from litellm_resources.resolver.merging import deep_merge
from litellm_resources.resolver.model_rules import model_faults
from litellm_resources.resolver.name_rules import LONGEST_NAME, name_fault
from litellm_resources.resolver.resolved import CredentialSpec, ModelSpec
from litellm_resources.resolver.urls import bad_url


@dataclass(frozen=True)
class Interface:
    """What one API dialect adds to `api_base`, and LiteLLM's name of it."""

    suffix: str
    custom_llm_provider: str


INTERFACES = {
    "anthropic": Interface("", "Anthropic"),
    "gemini": Interface("/v1beta", "Google_AI_Studio"),
    "openai": Interface("/v1", "OpenAI_Compatible"),
}


@dataclass(frozen=True)
class Deployment:
    """A deployment and its place in the merged catalog, for errors that compare several."""

    path: Path
    spec: ModelSpec


@dataclass(frozen=True, kw_only=True)
class ExpandedProvider:
    """All that one provider makes, and what is wrong with it."""

    name: str
    template: bool
    requires_key: bool
    key_provider: str | None
    key_service: str | None
    access_groups: frozenset[str]
    credentials: tuple[CredentialSpec, ...]
    deployments: tuple[Deployment, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


def expand(inherited: InheritedProvider, key_provider: str | None, key_service: str | None = None) -> ExpandedProvider:
    """Expand one provider with the key of the ancestor (or itself) `key_provider`, or of the service `key_service`."""
    provider = AuthoredProvider.model_validate(inherited.document)
    spoken = sorted(provider.interfaces.model_fields_set)
    credentials = [
        replace(_credential(inherited.name, interface, provider, key_provider), key_service=key_service)
        for interface in spoken
    ]
    with_values = provider.requires_key or bool(provider.api_base) or bool(key_provider or key_service)
    deployments = []
    faults = _provider_faults(inherited, provider)
    for credential in credentials:
        for path, model in _models(inherited.name, provider, credential.interface):
            faults += model_faults(path, model)
            spec = _deployment(credential, model, provider.access_groups)
            deployments.append(Deployment(path, spec if with_values else replace(spec, credential_name=None)))
    return ExpandedProvider(
        name=inherited.name,
        template=provider.template,
        requires_key=provider.requires_key,
        key_provider=key_provider,
        key_service=key_service,
        access_groups=_access_groups(deployments),
        credentials=tuple(credentials) if with_values else (),
        deployments=tuple(sorted(deployments, key=lambda deployment: deployment.spec.identity)),
        faults=tuple(dict.fromkeys(faults)),
        warnings=tuple(_provider_warnings(inherited.name, provider)),
    )


def _credential(name: str, interface: str, provider: AuthoredProvider, key_provider: str | None) -> CredentialSpec:
    rules = INTERFACES[interface]
    return CredentialSpec(
        name=f"{name}-{interface}",
        provider=name,
        interface=interface,
        api_base=provider.api_base.rstrip("/") + rules.suffix if provider.api_base else None,
        custom_llm_provider=rules.custom_llm_provider,
        key_provider=key_provider,
    )


def _models(name: str, provider: AuthoredProvider, interface: str) -> Iterator[tuple[Path, AuthoredModel]]:
    """The provider's own models with the interface's entries merged over them; names filled in from the keys."""
    own = getattr(provider.interfaces, interface).models
    merged = deep_merge(_as_json(provider.models), _as_json(own))
    for key, entry in sorted(merged.items()):
        within = ("interfaces", interface) if key in own else ()
        model = AuthoredModel.model_validate(entry or {})
        names = {"model_name": model.model_name or key, "upstream_name": model.upstream_name or key}
        yield ("providers", name, *within, "models", key), model.model_copy(update=names)


def _as_json(models: AuthoredModels) -> JsonObject:
    return {key: None if model is None else model.model_dump(exclude_unset=True) for key, model in models.items()}


def _deployment(credential: CredentialSpec, model: AuthoredModel, provider_groups: list[str]) -> ModelSpec:
    groups = model.access_groups if "access_groups" in model.model_fields_set else provider_groups
    # A pattern is charged by what was asked for; 1.109.1 charges nothing where it has a base_model (measured).
    base: JsonObject = {} if "*" in model.model_name + model.upstream_name else {"base_model": model.model_name}
    info: JsonObject = {**base, **model.model_info.model_dump(exclude_unset=True)}
    if groups:
        info["access_groups"] = list(groups)
    upstream_model = f"{credential.interface}/{model.upstream_name}"
    suffix = f"#{model.deployment}" if model.deployment else ""
    return ModelSpec(
        identity=f"{model.model_name}@{credential.name}:{upstream_model}{suffix}",
        model_name=model.model_name,
        provider=credential.provider,
        credential_name=credential.name,
        upstream_model=upstream_model,
        litellm_params=dict(model.litellm_params),
        model_info=info,
    )


def _access_groups(deployments: list[Deployment]) -> frozenset[str]:
    listed = (deployment.spec.model_info.get("access_groups") for deployment in deployments)
    return frozenset(str(group) for groups in listed if isinstance(groups, list) for group in groups)


def _provider_faults(inherited: InheritedProvider, provider: AuthoredProvider) -> list[Fault]:
    name = inherited.name
    path: Path = ("providers", name)
    faults = []
    if not name or ":" in name or name.split() != [name]:
        faults.append(Fault(path, "a name that Pulumi cannot keep a key under", 'no space, no ":"', "rename it"))
    elif len(name) > LONGEST_NAME:
        faults += name_fault(path, name)
    if provider.models and not provider.interfaces.model_fields_set and not provider.template:
        faults.append(
            Fault(
                (*path, "interfaces"),
                "no interface, so nothing would be made of its models",
                f"one or more of {quote_all(INTERFACES)}",
                'add what it speaks, for example "interfaces": {"openai": {}}',
                rests_on=inherited.places_of("$extend", "template", "interfaces"),
            )
        )
    if provider.api_base and (reason := bad_url(provider.api_base)):
        remedy = 'write it like "https://host:8045", the key apart'
        faults.append(Fault((*path, "api_base"), reason, "an http or https URL without user and password", remedy))
    return faults


def _provider_warnings(name: str, provider: AuthoredProvider) -> Iterator[str]:
    if not provider.template and not provider.interfaces.model_fields_set and not provider.models:
        yield f'providers.{name}: no "interfaces", so nothing is made of it'
    for interface in sorted(provider.interfaces.model_fields_set):
        suffix = INTERFACES[interface].suffix
        if suffix and provider.api_base.rstrip("/").endswith(suffix):
            yield f'providers.{name}.api_base: ends in "{suffix}", which the interface {interface} adds once more'
