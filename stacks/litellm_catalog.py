"""The catalog becomes LiteLLM's objects: the last stage of the data's path.

Takes the resolved catalog, as `catalog_files.read` gives it, and makes one resource a spec.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from litellm_resources.budget import Budget, BudgetArgs
from litellm_resources.credential import Credential, CredentialArgs
from litellm_resources.key import Key, KeyArgs
from litellm_resources.leftover_rows import CREDENTIAL, declared_by
from litellm_resources.leftovers import Leftovers, LeftoversArgs
from litellm_resources.model import Model, ModelArgs
from litellm_resources.resolver.resolved import CredentialSpec, ResolvedCatalog, RouterSettingsSpec
from litellm_resources.router_settings import RouterSettings, RouterSettingsArgs
from litellm_resources.team import Team, TeamArgs
from litellm_resources.team_membership import TeamMembership, TeamMembershipArgs
from litellm_resources.user import User, UserArgs
from stacks import derived_secrets, gateway_config, litellm_extensions, stack_secrets
from stacks.environment import Environment
from stacks.service_keys import SERVICES

FINGERPRINT_PURPOSE = b"llmproxy: fingerprints of secrets and values of virtual keys"


@dataclass(frozen=True)
class Objects:
    """What the stack outputs show of the catalog.

    Attributes:
        virtual_keys: The value of each key of the catalog by its alias, secret, in the catalog's order.
        credentials: For what must come after all of them.
    """

    virtual_keys: Mapping[str, pulumi.Output[str]]
    credentials: Sequence[pulumi.Resource]

    @property
    def virtual_key(self) -> pulumi.Output[str] | None:
        """The value of the first key; None without keys."""
        return next(iter(self.virtual_keys.values()), None)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What all objects of the catalog are made on.

    Attributes:
        group: Their parent.
        after: What must be ready before any of them.
        fingerprint_key: Secret that keys the hashes of secrets and the values of virtual keys.
        adopt: Names of objects made by hand that may be taken over.
    """

    group: pulumi.Resource
    after: Sequence[pulumi.Resource]
    fingerprint_key: pulumi.Output[str]
    adopt: frozenset[str]

    def options(self, later_than: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """The options of an object, which may have to wait for others of the catalog as well."""
        return pulumi.ResourceOptions(parent=self.group, depends_on=[*self.after, *later_than])


def deploy(environment: Environment, catalog: ResolvedCatalog, *, after: Sequence[pulumi.Resource]) -> Objects:
    """Makes every object of the catalog, once the resources in `after` are ready."""
    group = pulumi.ComponentResource("llmproxy:stacks:LitellmCatalog", "litellm-catalog", {})
    terms = Terms(
        group=group,
        after=after,
        fingerprint_key=environment.secrets.salt_key.apply(_fingerprint_key),
        adopt=frozenset(environment.settings.litellm.adopt),
    )
    credentials = _credentials(environment, catalog, terms)
    models = _models(catalog, credentials, terms)
    router_settings = _router_settings(catalog.router_settings, terms, models)
    users = _users(catalog, terms)
    budgets = _budgets(catalog, terms)
    teams = _teams(catalog, terms)
    memberships = _memberships(catalog, users, teams, terms)
    keys = _keys(catalog, users, budgets, teams, memberships, terms)
    held = gateway_config.deploy(environment.settings, terms.options([router_settings]))
    accounts = [*users.values(), *budgets.values(), *teams.values(), *memberships.values(), *keys]
    extensions = litellm_extensions.make(environment, catalog, terms.fingerprint_key, terms.options())
    made = [*credentials.values(), *models, router_settings, held, *accounts, *extensions]
    _leftovers(catalog, credentials.values(), terms.options(made))
    values = {spec.key_alias: key.key for spec, key in zip(catalog.keys, keys, strict=True)}
    return Objects(values, list(credentials.values()))


def example_model(catalog: ResolvedCatalog) -> str | None:
    """A name that a first request can ask for: an alias where there is one, else a model."""
    names = [*sorted(catalog.router_settings.model_group_alias), *sorted(model.model_name for model in catalog.models)]
    return names[0] if names else None


def _credentials(environment: Environment, catalog: ResolvedCatalog, terms: Terms) -> Mapping[str, Credential]:
    return {
        spec.name: Credential(
            spec.name,
            CredentialArgs(
                credential_name=spec.name,
                api_key=_api_key(environment, catalog, spec),
                api_base=spec.api_base,
                custom_llm_provider=spec.custom_llm_provider,
                fingerprint_key=terms.fingerprint_key,
                adopt=spec.name in terms.adopt,
            ),
            terms.options(),
        )
        for spec in catalog.credentials
    }


def _models(catalog: ResolvedCatalog, credentials: Mapping[str, Credential], terms: Terms) -> list[Model]:
    return [
        Model(
            spec.identity,
            ModelArgs(
                identity=spec.identity,
                model_name=spec.model_name,
                upstream_model=spec.upstream_model,
                credential_name=credentials[spec.credential_name].credential_name if spec.credential_name else None,
                litellm_params=spec.litellm_params,
                model_info=spec.model_info,
                adopt=spec.identity in terms.adopt,
            ),
            terms.options(),
        )
        for spec in catalog.models
    ]


def _router_settings(spec: RouterSettingsSpec, terms: Terms, models: Sequence[Model]) -> RouterSettings:
    args = RouterSettingsArgs(
        model_group_alias=spec.model_group_alias,
        fallbacks=spec.fallbacks,
        context_window_fallbacks=spec.context_window_fallbacks,
        content_policy_fallbacks=spec.content_policy_fallbacks,
        other=spec.other,
        adopt=sorted(terms.adopt),
    )
    return RouterSettings("router-settings", args, terms.options(models))


def _users(catalog: ResolvedCatalog, terms: Terms) -> Mapping[str, User]:
    return {
        spec.user_id: User(
            spec.user_id,
            UserArgs(
                user_id=spec.user_id,
                user_role=spec.user_role,
                models=spec.models,
                user_email=spec.user_email,
                user_alias=spec.user_alias,
                limits=spec.limits,
                metadata=spec.metadata,
                adopt=spec.user_id in terms.adopt,
            ),
            terms.options(),
        )
        for spec in catalog.users
    }


def _budgets(catalog: ResolvedCatalog, terms: Terms) -> Mapping[str, Budget]:
    return {
        spec.name: Budget(
            spec.name,
            BudgetArgs(name=spec.name, budget_id=spec.budget_id, limits=spec.limits, adopt=spec.name in terms.adopt),
            terms.options(),
        )
        for spec in catalog.budgets
    }


def _teams(catalog: ResolvedCatalog, terms: Terms) -> Mapping[str, Team]:
    return {
        spec.team_id: Team(
            spec.team_id,
            TeamArgs(
                team_id=spec.team_id,
                team_alias=spec.team_alias,
                models=spec.models,
                limits=spec.limits,
                metadata=spec.metadata,
                adopt=spec.team_id in terms.adopt,
            ),
            terms.options(),
        )
        for spec in catalog.teams
    }


def _memberships(
    catalog: ResolvedCatalog, users: Mapping[str, User], teams: Mapping[str, Team], terms: Terms
) -> Mapping[str, TeamMembership]:
    return {
        spec.name: TeamMembership(
            spec.name,
            TeamMembershipArgs(
                team_id=teams[spec.team_id].team_id,
                user_id=users[spec.user_id].user_id,
                role=spec.role,
                limits=spec.limits,
                adopt=spec.name in terms.adopt,
            ),
            terms.options(),
        )
        for spec in catalog.memberships
    }


def _keys(
    catalog: ResolvedCatalog,
    users: Mapping[str, User],
    budgets: Mapping[str, Budget],
    teams: Mapping[str, Team],
    memberships: Mapping[str, TeamMembership],
    terms: Terms,
) -> list[Key]:
    return [
        Key(
            spec.key_alias,
            KeyArgs(
                key_alias=spec.key_alias,
                user_id=_user_id(users, spec.user_id),
                team_id=teams[spec.team_id].team_id if spec.team_id else None,
                budget_id=budgets[spec.budget].budget_id if spec.budget else None,
                models=spec.models,
                key_type=spec.key_type,
                limits=spec.limits,
                metadata=spec.metadata,
                fingerprint_key=terms.fingerprint_key,
                rotation=spec.rotation,
                grace=spec.grace,
                adopt=spec.key_alias in terms.adopt,
            ),
            # The keys of a member go when the member does.
            terms.options([each for name, each in memberships.items() if name == spec.membership]),
        )
        for spec in catalog.keys
    ]


def _leftovers(catalog: ResolvedCatalog, credentials: Iterable[Credential], opts: pulumi.ResourceOptions) -> None:
    """Last of all: what this stack made once and the catalog names no more."""
    declared: dict[str, Sequence[pulumi.Input[str]]] = {
        **declared_by(catalog),
        CREDENTIAL: [credential.credential_name for credential in credentials],
    }
    Leftovers("leftovers", LeftoversArgs(declared=declared), opts)


def _user_id(users: Mapping[str, User], user_id: str | None) -> pulumi.Input[str] | None:
    """A user of the catalog by its resource, so that the key waits for it; any other by its id."""
    return users[user_id].user_id if user_id is not None and user_id in users else user_id


def _api_key(environment: Environment, catalog: ResolvedCatalog, spec: CredentialSpec) -> pulumi.Output[str] | None:
    """The key: the service's that the provider names, else the local overlay's where it gives one or the config's."""
    if spec.key_service is not None:
        return derived_secrets.secret(environment, SERVICES[spec.key_service].key)
    if spec.key_provider is None:
        return None
    local = catalog.local_api_keys.get(spec.key_provider)
    if local is not None:
        return pulumi.Output.secret(local.reveal())
    return stack_secrets.provider_key(spec.key_provider, stack=environment.stack)


def _fingerprint_key(salt_key: str) -> str:
    """Derives a key of its own purpose, so that nothing derived from it says anything of the salt key."""
    return hmac.new(salt_key.encode(), FINGERPRINT_PURPOSE, hashlib.sha256).hexdigest()
