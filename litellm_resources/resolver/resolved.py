"""The resolved catalog: what LiteLLM shall hold, as plain, frozen specs.

Takes nothing of the authored format; `resolve.resolve` makes it. The resource types and `stacks/litellm_catalog.py`
program against this module only, so that the file format can grow without them.
No spec holds a secret; keys of a local overlay lie apart in `ResolvedCatalog.local_api_keys`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.old_keys import GRACE


@dataclass(frozen=True)
class SecretText:
    """A secret that does not print itself."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """The secret itself; hand it to nothing but a secret input."""
        return self._value


@dataclass(frozen=True, kw_only=True)
class CredentialSpec:
    """One credential: how LiteLLM reaches one interface of one provider.

    Attributes:
        name: `<provider>-<interface>`.
        provider: The catalog's name of the provider.
        interface: `openai`, `gemini` or `anthropic`.
        api_base: Base URL with the interface's suffix; None leaves it to LiteLLM.
        custom_llm_provider: `OpenAI_Compatible`, `Google_AI_Studio` or `Anthropic`.
        key_provider: Under which provider's name the key is kept (`litellm-api-keys:<key_provider>`, or
            `local_api_keys[key_provider]`, which comes first): the provider itself or one that it extends.
            None: it needs no key and has none, or uses a service's.
        key_service: The service of this installation whose own key it uses, in place of one of the provider's.
    """

    name: str
    provider: str
    interface: str
    api_base: str | None
    custom_llm_provider: str
    key_provider: str | None
    key_service: str | None = None


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """One deployment; several may share a `model_name`.

    Attributes:
        identity: Stable logical id: `<model_name>@<provider>-<interface>:<upstream_model>`, and `#<deployment>` if
            given.
        model_name: What clients ask for.
        provider: The catalog's name of the provider.
        credential_name: Name of its `CredentialSpec`; None for a provider with neither key nor base URL.
        upstream_model: `<interface>/<upstream name>`, LiteLLM's `litellm_params.model`.
        litellm_params: Further parameters, without `model` and `litellm_credential_name`.
        model_info: `base_model`, `access_groups` (left out when empty) and what the catalog adds.
    """

    identity: str
    model_name: str
    provider: str
    credential_name: str | None
    upstream_model: str
    litellm_params: JsonObject
    model_info: JsonObject


@dataclass(frozen=True, kw_only=True)
class RouterSettingsSpec:
    """The one row of router settings.

    Attributes:
        model_group_alias: Alias to model name, or to `{"model": …, "hidden": true}`. Chains of aliases are followed to
            their end, because LiteLLM follows one step only.
        fallbacks: One entry a model: `{model: [targets in order]}`.
        other: Further router keys (`num_retries`, `timeout`, …) exactly as LiteLLM takes them.
        context_window_fallbacks: As `fallbacks`, where the context is too long.
        content_policy_fallbacks: As `fallbacks`, where a provider refuses the content.
    """

    model_group_alias: JsonObject
    fallbacks: list[dict[str, list[str]]]
    other: JsonObject
    context_window_fallbacks: list[dict[str, list[str]]] = field(default_factory=list)
    content_policy_fallbacks: list[dict[str, list[str]]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class UserSpec:
    """One internal user. `limits` holds LiteLLM's own field names (`max_budget`, `budget_duration`, `tpm_limit`, …)."""

    user_id: str
    user_email: str | None
    user_alias: str | None
    user_role: str
    models: tuple[str, ...]
    limits: JsonObject
    metadata: JsonObject


@dataclass(frozen=True, kw_only=True)
class KeySpec:
    """One virtual key; its value is made elsewhere. `limits` as in `UserSpec`, plus `soft_budget`.

    Attributes:
        rotation: A larger number is another value.
        grace: How long the one of before works on.
    """

    key_alias: str
    user_id: str | None
    models: tuple[str, ...]
    key_type: str
    limits: JsonObject
    metadata: JsonObject
    rotation: int = 0
    grace: str = GRACE
    team_id: str | None = None
    budget: str | None = None

    @property
    def membership(self) -> str:
        """The name of the membership that it falls with, if it has a user and a team."""
        return f"{self.team_id}/{self.user_id}"


@dataclass(frozen=True, kw_only=True)
class BudgetSpec:
    """One budget. `limits` as in `KeySpec`; `budget_id` only of one that was made by hand."""

    name: str
    budget_id: str | None
    limits: JsonObject


@dataclass(frozen=True, kw_only=True)
class TeamSpec:
    """One team. `limits` as in `UserSpec`, with `soft_budget` and without `max_parallel_requests`."""

    team_id: str
    team_alias: str
    models: tuple[str, ...]
    limits: JsonObject
    metadata: JsonObject


@dataclass(frozen=True, kw_only=True)
class MembershipSpec:
    """One user in one team. `limits`: `max_budget_in_team`, `tpm_limit`, `rpm_limit`."""

    team_id: str
    user_id: str
    role: str
    limits: JsonObject

    @property
    def name(self) -> str:
        """What people, `litellm.adopt` and the state know it by."""
        return f"{self.team_id}/{self.user_id}"


@dataclass(frozen=True, kw_only=True)
class McpServerSpec:
    """One MCP server, fields as in `AuthoredMcpServer`; `has_secret`: the stack config holds what it asks for."""

    server_name: str
    url: str
    transport: str
    auth_type: str
    description: str
    access_groups: tuple[str, ...]
    allowed_tools: tuple[str, ...]
    extra_headers: tuple[str, ...]
    allow_all_keys: bool

    @property
    def has_secret(self) -> bool:
        """Whether it asks for a secret."""
        return self.auth_type != "none"


@dataclass(frozen=True, kw_only=True)
class GuardrailSpec:
    """One guardrail; `litellm_params` hold its kind, mode and all but its key, which `has_secret` tells of."""

    guardrail_name: str
    litellm_params: JsonObject
    has_secret: bool


@dataclass(frozen=True, kw_only=True)
class ProviderSpec:
    """One provider in use. Whose key as in `CredentialSpec`; `has_local_key`: that key is the overlay's."""

    name: str
    key_provider: str | None
    has_local_key: bool
    key_service: str | None = None


@dataclass(frozen=True, kw_only=True)
class ResolvedCatalog:
    """The whole catalog after merging, inheritance and expansion; every tuple is sorted by name.

    Attributes:
        local_values: JSON paths that a local overlay set, never the values.
        local_api_keys: Provider name to the key in a local overlay.
        skipped: Providers left out because they have no key.
        waiting_for_service: Those of them whose key is that of a service which is switched off.
        warnings: One line each, to be shown to the user.
    """

    credentials: tuple[CredentialSpec, ...]
    models: tuple[ModelSpec, ...]
    router_settings: RouterSettingsSpec
    users: tuple[UserSpec, ...]
    budgets: tuple[BudgetSpec, ...]
    teams: tuple[TeamSpec, ...]
    memberships: tuple[MembershipSpec, ...]
    keys: tuple[KeySpec, ...]
    mcp_servers: tuple[McpServerSpec, ...]
    guardrails: tuple[GuardrailSpec, ...]
    providers: tuple[ProviderSpec, ...]
    local_values: tuple[str, ...]
    local_api_keys: Mapping[str, SecretText]
    skipped: tuple[str, ...]
    warnings: tuple[str, ...]
    waiting_for_service: tuple[str, ...] = ()
