"""The catalog as people author it: the original's `config.json`, and what this program adds.

Takes one file's JSON; gives typed, frozen values. Every field has a default, because any file may hold a part only.
Pydantic rather than a schema file checked at run time, because the same classes type the later stages; the JSON
schema for editors is generated from them (`schema.py`). Where a field does not say `None`, null is refused.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, JsonValue, Tag  # noqa: TID251  this is the base

from litellm_resources.resolver.old_keys import GRACE


class Authored(BaseModel):
    """Strict, frozen base of everything that stands in a catalog file."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", protected_namespaces=())


Names: TypeAlias = list[str]
# An empty list is told by `fallback_rules.py`: once merged, one may come from a `$base` that stands for nothing.
FallbackRule: TypeAlias = dict[str, Annotated[Names, Field(json_schema_extra={"minItems": 1})]]
Limit: TypeAlias = Annotated[int, Field(ge=0)] | None
Money: TypeAlias = Annotated[float, Field(ge=0)] | None


class AuthoredModelInfo(Authored):
    """`model_info`: free, but for what has a meaning here."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    base_model: str = Field("", description="Name in LiteLLM's price table. Default: the model_name.")


class AuthoredModel(Authored):
    """One deployment; null in the file stands for all defaults."""

    model_name: str = Field("", description="What clients ask for; may repeat (load balancing). Default: the key.")
    access_groups: Names = Field([], description="Who sees it; replaces the provider's list, also when empty.")
    model_info: AuthoredModelInfo = Field(AuthoredModelInfo(), description="Metadata, kept in LiteLLM as it is.")
    litellm_params: dict[str, JsonValue] = Field({}, description="Further LiteLLM parameters. Never a key.")
    upstream_name: str = Field("", description="The provider's name of the model. Default: the key.")
    deployment: str = Field(
        "", description="Suffix that tells deployments of the same model_name, interface and upstream name apart."
    )


AuthoredModels: TypeAlias = dict[str, AuthoredModel | None]


class AuthoredInterface(Authored):
    """One API dialect of a provider."""

    models: AuthoredModels = Field({}, description="Deployments by the provider's name of the model.")


class AuthoredInterfaces(Authored):
    """The API dialects that a provider speaks; each one named becomes a credential."""

    openai: AuthoredInterface = Field(AuthoredInterface(), description="OpenAI's API; adds /v1 to api_base.")
    gemini: AuthoredInterface = Field(AuthoredInterface(), description="Gemini's API; adds /v1beta to api_base.")
    anthropic: AuthoredInterface = Field(AuthoredInterface(), description="Anthropic's API; api_base as it is.")


class AuthoredProvider(Authored):
    """One service that answers model requests."""

    extend: str | None = Field(
        None,
        alias="$extend",
        description="Provider that this one is merged over, its key included; null removes an inherited $extend.",
    )
    api_key: str = Field("", description="The key. Only in the git-ignored local overlay.")
    api_key_of_service: str | None = Field(
        None,
        description="Service of this installation (antigravity-manager, cli-proxy-api) whose own key this provider "
        "uses, in place of a key of its own; null removes an inherited one.",
    )
    api_base: str = Field("", description="Base URL, without the interface's suffix.")
    requires_key: bool = Field(True, description="false: it works without a key, and is never skipped for lack of one.")
    template: bool = Field(False, description="true: only to be extended; makes nothing itself. Not inherited.")
    access_groups: Names = Field([], description="Access groups of its models that name none of their own.")
    models: AuthoredModels = Field({}, description="Models of every interface; an interface's entry is merged over.")
    interfaces: AuthoredInterfaces = Field(AuthoredInterfaces(), description="The interfaces that it speaks.")


class HiddenAlias(Authored):
    """An alias that can be left out of the list of models."""

    model: str = Field(description="Model name or another alias.")
    hidden: bool = Field(False, description="true: answers, but is not listed.")


def _alias_form(value: object) -> str:
    return "object" if isinstance(value, dict | HiddenAlias) else "name"


AuthoredAlias: TypeAlias = Annotated[
    Annotated[str, Tag("name")] | Annotated[HiddenAlias, Tag("object")], Discriminator(_alias_form)
]


class AuthoredRouterSettings(Authored):
    """Router keys that LiteLLM takes up while it runs.

    Both versions cut a time to whole seconds. `default_fallbacks` and `max_fallbacks` are not here: 1.81.12 drops them,
    1.109.1 keeps them and never uses them (measured); fallbacks of `"*"` do what the former should.
    """

    routing_strategy: Literal[
        "simple-shuffle",
        "least-busy",
        "usage-based-routing",
        "usage-based-routing-v2",
        "latency-based-routing",
        "cost-based-routing",
    ] = Field("simple-shuffle", description="How one of several deployments is chosen.")
    routing_strategy_args: dict[str, JsonValue] = Field({}, description="Arguments of the routing strategy.")
    model_group_retry_policy: dict[str, JsonValue] = Field({}, description="Retries by model name and kind of error.")
    context_window_fallbacks: list[FallbackRule] = Field([], description="As fallbacks, when the context is too long.")
    content_policy_fallbacks: list[FallbackRule] = Field(
        [], description="As fallbacks, when a provider refuses the content. LiteLLM 1.81.12 does not take it."
    )
    retry_policy: dict[str, JsonValue] = Field(
        {}, description="Retries by kind of error. LiteLLM 1.81.12 does not take it."
    )
    num_retries: int = Field(0, ge=0, description="Retries of a failed request.")
    max_retries: int = Field(0, ge=0, description="Retries inside the provider's client.")
    retry_after: float = Field(0, ge=0, multiple_of=1, description="Least wait before a retry, in whole seconds.")
    timeout: float = Field(0, ge=0, multiple_of=1, description="Time limit of a request, in whole seconds.")
    allowed_fails: int = Field(0, ge=0, description="Failures a minute before a deployment rests.")
    cooldown_time: float = Field(0, ge=0, multiple_of=1, description="How long it rests, in whole seconds.")


class AuthoredRates(Authored):
    """What budgets, users, keys and teams limit alike, all of it free of LiteLLM's licence; null is no limit."""

    max_budget: Money = Field(None, description="Most that may be spent in a budget_duration, in US dollars.")
    budget_duration: str | None = Field(
        None, pattern=r"^[1-9][0-9]*(s|m|h|d|w|mo)$", description="After which the spend starts at 0 again: 30d, 1mo."
    )
    tpm_limit: Limit = Field(None, description="Tokens a minute.")
    rpm_limit: Limit = Field(None, description="Requests a minute.")


class AuthoredLimits(AuthoredRates):
    """Models and limits of a user or key."""

    models: Names = Field([], description="Model names, aliases, access groups; all-proxy-models for all.")
    max_parallel_requests: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="Requests at a time."
    )
    metadata: dict[str, JsonValue] = Field({}, description="Kept in LiteLLM as it is.")


class AuthoredUser(AuthoredLimits):
    """One internal user; the key in the file is the user id."""

    user_email: str = Field("", description="Address, used once in the catalog.")
    user_alias: str = Field("", description="Name for people.")
    user_role: Literal["proxy_admin", "proxy_admin_viewer", "internal_user", "internal_user_viewer"] = Field(
        "internal_user_viewer", description="What the user may do in LiteLLM."
    )


class AuthoredKey(AuthoredLimits):
    """One virtual key; the key in the file is its alias."""

    user: str | None = Field(None, description="Id of the user that it belongs to; null is nobody.")
    budget: str | None = Field(None, description="Budget that it shares with other keys; null is none.")
    team: str | None = Field(None, description="Id of the team that it belongs to, as its user must; null is none.")
    key_type: Literal["llm_api", "management", "read_only", "default"] = Field(
        "llm_api", description="Which routes it may call."
    )
    soft_budget: Money = Field(None, description="Spend that raises an alert, in US dollars.")
    rotation: int = Field(
        0,
        ge=0,
        description="A larger number gives the key a new value; the old one works for the grace as <alias>~old.",
    )
    grace: str = Field(
        GRACE,
        pattern=r"^(0s|[1-9][0-9]*(s|m|h|d|w|mo))$",
        description="How long a rotated value works on: 24h, 7d; 0s: it is deleted at once.",
    )


class AuthoredBudget(AuthoredRates):
    """Limits that keys share."""

    budget_id: str | None = Field(
        None,
        min_length=1,
        description="Id of a budget that was made by hand: it is changed, while litellm.adopt names the budget, and "
        "never deleted. Left out, the id is made of project, stack and name.",
    )
    soft_budget: Money = Field(None, description="Spend that raises an alert, in US dollars.")
    max_parallel_requests: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="Requests at a time."
    )


class AuthoredMember(Authored):
    """One user in a team; null in the file stands for all defaults."""

    role: Literal["user", "admin"] = Field("user", description="user; LiteLLM takes admin only with a licence.")
    max_budget_in_team: Money = Field(None, description="Most that the user may spend in the team, in US dollars.")
    tpm_limit: Limit = Field(None, description="The user's tokens a minute in the team.")
    rpm_limit: Limit = Field(None, description="The user's requests a minute in the team.")


class AuthoredTeam(AuthoredRates):
    """One team; the key in the file is the team id."""

    team_alias: str = Field("", description="Name for people. Default: the team id.")
    models: Names = Field([], description="Model names, aliases, access groups; all-proxy-models for all.")
    soft_budget: Money = Field(None, description="Spend that raises an alert, in US dollars.")
    metadata: dict[str, JsonValue] = Field({}, description="Kept in LiteLLM as it is.")
    members: dict[str, AuthoredMember | None] = Field({}, description="Members by user id.")


class AuthoredMcpServer(Authored):
    """One MCP server; the key in the file is its name. Its secret is the config's `litellm-mcp-auth:<name>`."""

    url: str = Field(description="Where it answers.")
    transport: Literal["http", "sse"] = Field("http", description="How it is spoken to.")
    auth_type: Literal["none", "api_key", "bearer_token", "basic", "authorization"] = Field(
        "none", description="How its secret is sent; none: it asks for none."
    )
    description: str = Field("", description="For people.")
    access_groups: Names = Field([], description="Groups of MCP servers that it is in, for keys and teams.")
    allowed_tools: Names = Field([], description="The tools that are offered; empty is all.")
    extra_headers: Names = Field([], description="Names of headers of the client that are passed on. Never a value.")
    allow_all_keys: bool = Field(False, description="true: every key may use it.")


class AuthoredGuardrail(Authored):
    """One guardrail; the key in the file is its name. Its key is the config's `litellm-guardrail-keys:<name>`."""

    guardrail: str = Field(min_length=1, description="LiteLLM's name of its kind, such as litellm_content_filter.")
    mode: Literal["pre_call", "post_call", "during_call", "logging_only", "pre_mcp_call", "during_mcp_call"] = Field(
        "pre_call", description="When it looks."
    )
    default_on: bool = Field(False, description="true: at every request; false: at those that name it.")
    requires_key: bool = Field(False, description="true: the service behind it asks for a key.")
    litellm_params: dict[str, JsonValue] = Field({}, description="What its kind needs besides. Never a secret.")


class AuthoredCatalog(Authored):
    """One catalog file: the base, an overlay, or the local overlay."""

    json_schema: str = Field("", alias="$schema", description="For editors; ignored.")
    providers: dict[str, AuthoredProvider] = Field({}, description="Providers by name.")
    aliases: dict[str, AuthoredAlias] = Field({}, description="Alias to model name or another alias.")
    fallbacks: list[FallbackRule] = Field(
        [],
        description="Model or alias to what answers in its place, in order. An overlay replaces the whole list; "
        "\"$base\" stands for the lower files' list of the same model. A request by alias finds only the alias's rule.",
    )
    router_settings: AuthoredRouterSettings = Field(AuthoredRouterSettings(), description="Other router keys.")
    users: dict[str, AuthoredUser] = Field({}, description="Internal users by user id.")
    budgets: dict[str, AuthoredBudget] = Field({}, description="Budgets that keys share, by name.")
    teams: dict[str, AuthoredTeam] = Field({}, description="Teams by team id, with their members.")
    keys: dict[str, AuthoredKey] = Field({}, description="Virtual keys by alias; their values are generated.")
    mcp_servers: dict[str, AuthoredMcpServer] = Field({}, description="MCP servers by name, for their tools.")
    guardrails: dict[str, AuthoredGuardrail] = Field({}, description="Guardrails by name.")
    accepted_warnings: Names = Field(
        [], description="Places of warnings that are meant, as the warning names them. An overlay replaces the list."
    )
