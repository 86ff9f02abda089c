"""Each bad input ends in one line that says where, what was found, what is allowed and what to do."""

import pytest

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.licensed import LICENSED
from litellm_resources.resolver.resolve import resolve

TWO_MODELS: JsonObject = {"p": {"interfaces": {"openai": {"models": {"m": None, "n": None}}}}}
FILES = ("catalog.json", "prod.json")
ALL = frozenset({"p", "a", "b", "c", "a:b", "provider-2", "base", "child", "grandchild"})

CASES = [
    pytest.param(
        [{"provider": {}}],
        (
            'catalog.json: provider: found the unknown key "provider"; allowed: "$schema", "accepted_warnings", '
            '"aliases", "budgets", "fallbacks", "guardrails", "keys", "mcp_servers", "providers", "router_settings", '
            '"teams", "users"; to do: write "providers" if that is meant, else remove it'
        ),
        id="an unknown key near a known one",
    ),
    pytest.param(
        [{"xyz": {}}],
        (
            'catalog.json: xyz: found the unknown key "xyz"; allowed: "$schema", "accepted_warnings", "aliases", '
            '"budgets", "fallbacks", "guardrails", "keys", "mcp_servers", "providers", "router_settings", "teams", '
            '"users"; to do: remove it'
        ),
        id="an unknown key near none",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openai": {"models": {"m": {"model_nam": "x"}}}}}}}],
        (
            "catalog.json: providers.p.interfaces.openai.models.m.model_nam: found the unknown key "
            '"model_nam"; allowed: "access_groups", "deployment", "litellm_params", "model_info", '
            '"model_name", "upstream_name"; to do: write "model_name" if that is meant, else remove it'
        ),
        id="unknown key in a model",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openapi": {}}}}}],
        (
            'catalog.json: providers.p.interfaces.openapi: found the unknown key "openapi"; allowed: '
            '"anthropic", "gemini", "openai"; to do: write "openai" if that is meant, else remove it'
        ),
        id="unknown interface",
    ),
    pytest.param(
        [{"providers": {"p": {"access_groups": "General"}}}],
        (
            "catalog.json: providers.p.access_groups: found a string; allowed: a list; to do: put what is "
            "meant into brackets: [ ]"
        ),
        id="wrong type",
    ),
    pytest.param(
        [{"providers": {"p": {"access_groups": ["a", 5]}}}],
        (
            "catalog.json: providers.p.access_groups[1]: found a number; allowed: a string; to do: write "
            "that in its place"
        ),
        id="wrong type in a list",
    ),
    pytest.param(
        [{"providers": {"p": {"api_base": None}}}],
        ("catalog.json: providers.p.api_base: found null; allowed: a string; to do: leave the key out"),
        id="null where none is allowed",
    ),
    pytest.param(
        [{"providers": {"p": {"models": {"m": "n"}}}}],
        (
            "catalog.json: providers.p.models.m: found a string; allowed: an object, or null for all "
            "defaults; to do: write that in its place"
        ),
        id="a model that is no object",
    ),
    pytest.param(
        [{"aliases": {"a": ["m"]}}],
        (
            'catalog.json: aliases.a: found a list; allowed: a model name, an alias, or {"model": "…", '
            '"hidden": true}; to do: write that in its place'
        ),
        id="an alias that is a list",
    ),
    pytest.param(
        [{"aliases": {"a": {"hidden": True}}}],
        ('catalog.json: aliases.a.model: found nothing; allowed: this key, which is required here; to do: add "model"'),
        id="an alias object without its model",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"a": {"model": "m", "hiden": True}}}],
        (
            'catalog.json: aliases.a.hiden: found the unknown key "hiden"; allowed: "hidden", "model"; to '
            'do: write "hidden" if that is meant, else remove it'
        ),
        id="an unknown key in an alias",
    ),
    pytest.param(
        [{"users": {"u": {"user_role": "boss", "models": ["all-proxy-models"]}}}],
        (
            'catalog.json: users.u.user_role: found "boss"; allowed: "proxy_admin", "proxy_admin_viewer", '
            '"internal_user" or "internal_user_viewer"; to do: choose one of these'
        ),
        id="an unknown role",
    ),
    pytest.param(
        [{"keys": {"k": {"budget_duration": "monthly", "models": ["all-proxy-models"]}}}],
        (
            'catalog.json: keys.k.budget_duration: found "monthly"; allowed: a time like "30d" (s, m, h, '
            "d, w or mo); to do: write that in its place"
        ),
        id="a duration without a number",
    ),
    pytest.param(
        [{"keys": {"k": {"max_budget": -1, "models": ["all-proxy-models"]}}}],
        ("catalog.json: keys.k.max_budget: found -1; allowed: 0 or more; to do: write that in its place"),
        id="a negative budget",
    ),
    pytest.param(
        [{"keys": {"k": {"grace": "1y", "models": ["all-proxy-models"]}}}],
        (
            'catalog.json: keys.k.grace: found "1y"; allowed: a time like "30d" (s, m, h, d, w or mo); '
            "to do: write that in its place"
        ),
        id="a grace in a unit that LiteLLM does not know",
    ),
    pytest.param(
        [{"keys": {"k": {"rotation": -1, "models": ["all-proxy-models"]}}}],
        ("catalog.json: keys.k.rotation: found -1; allowed: 0 or more; to do: write that in its place"),
        id="a negative rotation",
    ),
    pytest.param(
        [{"users": {"u": {"max_parallel_requests": 4294967296, "models": ["all-proxy-models"]}}}],
        (
            "catalog.json: users.u.max_parallel_requests: found 4294967296; allowed: 2147483647 or less; "
            "to do: write that in its place"
        ),
        id="more requests at a time than the column holds",
    ),
    pytest.param(
        [{"users": {"u": {"user_email": "ann at example.com", "models": ["all-proxy-models"]}}}],
        (
            'catalog.json: users.u.user_email: found "ann at example.com", which is no address; '
            "allowed: NAME@DOMAIN, or nothing; to do: correct it"
        ),
        id="an address that is none",
    ),
    pytest.param(
        [{"keys": {"k~old": {"models": ["all-proxy-models"]}}}],
        (
            'catalog.json: keys["k~old"]: found an alias that ends with "~old", which is what a rotated key is named '
            'while it works on; allowed: an alias that does not end with "~old"; to do: choose another alias'
        ),
        id="the alias of a rotated key",
    ),
    pytest.param(
        [{"keys": {"k": {"tags": ["x"], "models": ["all-proxy-models"]}}}],
        (
            'catalog.json: keys.k.tags: found the unknown key "tags"; allowed: "budget", "budget_duration", "grace", '
            '"key_type", "max_budget", "max_parallel_requests", "metadata", "models", "rotation", "rpm_limit", '
            '"soft_budget", "team", "tpm_limit", "user"; to do: remove it: LiteLLM takes it only with an '
            "enterprise licence"
        ),
        id="a field that needs a licence",
    ),
    pytest.param(
        [{"router_settings": {"model_group_alias": {}}}],
        (
            'catalog.json: router_settings.model_group_alias: found the unknown key "model_group_alias"; '
            'allowed: "allowed_fails", "content_policy_fallbacks", "context_window_fallbacks", "cooldown_time", '
            '"max_retries", "model_group_retry_policy", "num_retries", "retry_after", "retry_policy", '
            '"routing_strategy", "routing_strategy_args", "timeout"; to do: write it as "aliases" at the top of the '
            "file"
        ),
        id="aliases among the router settings",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "router_settings": {"timeout": 0.5}}],
        (
            "catalog.json: router_settings.timeout: found 0.5; allowed: whole seconds, to which LiteLLM would cut it; "
            "to do: write that in its place"
        ),
        id="a time of the router that LiteLLM would cut",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "fallbacks": [{"m": []}]}],
        (
            "catalog.json: fallbacks[0].m: found []; allowed: a list of at least one model; to do: name one, or "
            "remove the rule"
        ),
        id="an empty list of fallbacks",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "router_settings": {"context_window_fallbacks": [{"m": []}]}}],
        (
            "catalog.json: router_settings.context_window_fallbacks[0].m: found []; allowed: a list of at least one "
            "model; to do: name one, or remove the rule"
        ),
        id="an empty list of fallbacks for a long context",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "router_settings": {"content_policy_fallbacks": [{"m": ["m"]}]}}],
        (
            'catalog.json: router_settings.content_policy_fallbacks[0].m: found "m", which falls back to itself; '
            'allowed: other models; to do: remove "m" from the list'
        ),
        id="a fallback to itself where content is refused",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"gpt-*": "m"}}],
        (
            'catalog.json: aliases["gpt-*"]: found a pattern, which LiteLLM takes by the letter; allowed: a plain '
            'name; to do: name each alias; or give a model the model_name "gpt-*"'
        ),
        id="an alias that is a pattern",
    ),
    pytest.param(
        [{"providers": {"p": {"api_key": "sk-clear", "interfaces": {"openai": {"models": {"m": None, "n": None}}}}}}],
        (
            "catalog.json: providers.p.api_key: found a key in clear in a committed file; allowed: "
            "api_key in the git-ignored local overlay only; to do: remove it, have the provider replace "
            "it, then: pulumi config set --secret litellm-api-keys:p"
        ),
        id="a key in a committed file",
    ),
    pytest.param(
        [
            {
                "providers": {
                    "p": {"interfaces": {"openai": {"models": {"m": {"litellm_params": {"api_key": "sk-clear"}}}}}}
                }
            }
        ],
        (
            "catalog.json: providers.p.interfaces.openai.models.m.litellm_params.api_key: found a secret "
            'in clear; allowed: "os.environ/NAME" of the gateway, or nothing; to do: remove it; a '
            "provider's key: pulumi config set --secret litellm-api-keys:p"
        ),
        id="a secret among the parameters",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openai": {"models": {"m": {"litellm_params": {"model": "x"}}}}}}}}],
        (
            'catalog.json: providers.p.interfaces.openai.models.m.litellm_params.model: found "model", '
            "which is derived; allowed: any other parameter; to do: write the upstream name as the key or "
            'as "upstream_name"'
        ),
        id="a derived parameter",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openai": {"models": {"m": {"model_info": {"access_groups": ["x"]}}}}}}}}],
        (
            "catalog.json: providers.p.interfaces.openai.models.m.model_info.access_groups: found "
            '"access_groups", which is derived; allowed: any other key; to do: write "access_groups" '
            'beside "model_info"'
        ),
        id="derived model info",
    ),
    pytest.param(
        [{"providers": {"p": {"$extend": "provider-1"}, "provider-2": {}}}],
        (
            'catalog.json: providers.p.$extend: found "provider-1", which is no provider; allowed: '
            'another provider ("provider-2") or null; to do: write "provider-2" if that is meant, else '
            'add the provider "provider-1", or remove this $extend'
        ),
        id="extending an unknown provider",
    ),
    pytest.param(
        [{"providers": {"a": {"$extend": "b"}, "b": {"$extend": "c"}, "c": {"$extend": "a"}}}],
        (
            "catalog.json: providers.a.$extend: found a cycle: a → b → c → a; allowed: a line of "
            'providers that ends; to do: remove the $extend of one of "a", "b", "c"'
        ),
        id="a cycle of extends",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "fallbacks": [{"m": ["n"]}]}, {"fallbacks": [{"n": ["$base"]}]}],
        (
            'prod.json: fallbacks[0].n: found "$base", but no lower file has a fallback list for "n"; '
            'allowed: "$base" only where a lower file lists the same model; to do: remove "$base", or add '
            "the list to a lower file"
        ),
        id="$base with nothing below",
    ),
    pytest.param(
        [{"providers": {"p": {"models": {"m": None}}}}],
        (
            "catalog.json: providers.p.interfaces: found no interface, so nothing would be made of its "
            'models; allowed: one or more of "anthropic", "gemini", "openai"; to do: add what it speaks, '
            'for example "interfaces": {"openai": {}}'
        ),
        id="models of a provider without interface",
    ),
    pytest.param(
        [{"providers": {"p": {"api_base": "host:8045"}}}],
        (
            "catalog.json: providers.p.api_base: found something that is no http or https URL; allowed: "
            'an http or https URL without user and password; to do: write it like "https://host:8045", '
            "the key apart"
        ),
        id="a base URL without scheme",
    ),
    pytest.param(
        [{"providers": {"p": {"api_base": "http://u:secret@host"}}}],
        (
            "catalog.json: providers.p.api_base: found a user or password in the URL; allowed: an http or "
            'https URL without user and password; to do: write it like "https://host:8045", the key apart'
        ),
        id="a password in a base URL",
    ),
    pytest.param(
        [{"providers": {"a:b": TWO_MODELS["p"]}}],
        (
            'catalog.json: providers["a:b"]: found a name that Pulumi cannot keep a key under; allowed: '
            'no space, no ":"; to do: rename it'
        ),
        id="a provider name with a colon",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openai": {"models": {"": None}}}}}}],
        (
            'catalog.json: providers.p.interfaces.openai.models[""]: found an empty name; allowed: the '
            "provider's name of the model; to do: write the name as the key"
        ),
        id="an empty model name",
    ),
    pytest.param(
        [
            {
                "providers": {
                    "p": {
                        "interfaces": {
                            "openai": {"models": {"m": None, "x": {"model_name": "m", "upstream_name": "m"}}}
                        }
                    }
                }
            }
        ],
        (
            "catalog.json: providers.p.interfaces.openai.models.x: found the identity "
            '"m@p-openai:openai/m", which is that of providers.p.interfaces.openai.models.m too; allowed: '
            "each model_name, credential and upstream model once; to do: give one of the two "
            '"deployment": "<suffix>"'
        ),
        id="two deployments of the same identity",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"a": "mm"}}],
        (
            'catalog.json: aliases.a: found "mm", which is no model name and no alias; allowed: one of '
            '"m", "n"; to do: write "m" if that is meant, else add the model, or remove this'
        ),
        id="an alias to nothing",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"a": "b", "b": "a", "c": "a"}}],
        (
            "catalog.json: aliases.a: found a cycle: a → b → a; allowed: aliases that end at a model; to "
            'do: let one of "a", "b" name a model'
        ),
        id="a cycle of aliases",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"a": "a"}}],
        (
            "catalog.json: aliases.a: found a cycle: a → a; allowed: aliases that end at a model; to do: "
            'let one of "a" name a model'
        ),
        id="an alias to itself",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"m": "n"}}],
        (
            "catalog.json: aliases.m: found an alias named like a model, which it would hide; allowed: "
            "another name; to do: rename the alias, or give the model another model_name"
        ),
        id="an alias that hides a model",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "fallbacks": [{"m": ["n", "zzz"]}]}],
        (
            'catalog.json: fallbacks[0].m: found "zzz", which is no model name and no alias; allowed: one '
            'of "m", "n"; to do: add the model, or remove this'
        ),
        id="a fallback to nothing",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "fallbacks": [{"zzz": ["n"]}]}],
        (
            'catalog.json: fallbacks[0].zzz: found "zzz", which is no model name and no alias; allowed: '
            'one of "m", "n"; to do: add the model, or remove this'
        ),
        id="a fallback of nothing",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "fallbacks": [{"m": ["m"]}]}],
        (
            'catalog.json: fallbacks[0].m: found "m", which falls back to itself; allowed: other models; '
            'to do: remove "m" from the list'
        ),
        id="a fallback to itself",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"a": "m"}, "fallbacks": [{"m": ["a"]}]}],
        (
            'catalog.json: fallbacks[0].m: found "a", which falls back to itself; allowed: other models; '
            'to do: remove "a" from the list'
        ),
        id="a fallback to itself through an alias",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "fallbacks": [{"m": ["n"]}, {"m": ["n"]}]}],
        (
            'catalog.json: fallbacks[1].m: found a second rule for "m"; LiteLLM would read the first '
            "only; allowed: one rule for each model; to do: put all targets into one list"
        ),
        id="two fallback rules of one model",
    ),
    pytest.param(
        [{"mcp_servers": {"my-docs": {"url": "http://docs/mcp"}}}],
        (
            "catalog.json: mcp_servers.my-docs: found a name that no tool's name can begin with; allowed: a letter, "
            "then letters, digits and underscores, at most 64; to do: rename it"
        ),
        id="a reserved sign in the name of an MCP server",
    ),
    pytest.param(
        [{"mcp_servers": {"Docs": {"url": "http://docs/mcp"}, "docs": {"url": "http://docs/mcp"}}}],
        (
            'catalog.json: mcp_servers.docs: found the name of "Docs" in other case; allowed: each name once; to do: '
            "rename one of them"
        ),
        id="one name of MCP servers in two cases",
    ),
    pytest.param(
        [{"mcp_servers": {"docs": {"url": "http://u:secret@docs/mcp"}}}],
        (
            "catalog.json: mcp_servers.docs.url: found a user or password in the URL; allowed: an http or https URL "
            'without user and password; to do: write it like "https://host/mcp"; a secret: pulumi config set --secret '
            "litellm-mcp-auth:docs"
        ),
        id="a password in the URL of an MCP server",
    ),
    pytest.param(
        [{"mcp_servers": {"docs": {"url": "http://docs/mcp", "transport": "stdio"}}}],
        (
            'catalog.json: mcp_servers.docs.transport: found "stdio"; allowed: "http" or "sse"; to do: choose one of '
            "these"
        ),
        id="an MCP server that would run in the gateway",
    ),
    pytest.param(
        [{"guardrails": {"words": {"guardrail": "presidio", "litellm_params": {"api_key": "sk-clear"}}}}],
        (
            "catalog.json: guardrails.words.litellm_params.api_key: found a secret in clear; allowed: "
            '"os.environ/NAME" of the gateway, or nothing; to do: remove it, write "requires_key": true, then: pulumi '
            "config set --secret litellm-guardrail-keys:words"
        ),
        id="a secret in a guardrail",
    ),
    pytest.param(
        [{"guardrails": {"words": {"guardrail": "presidio", "litellm_params": {"mode": "pre_call"}}}}],
        (
            'catalog.json: guardrails.words.litellm_params.mode: found "mode", which is a field of its own; allowed: '
            "any other; to do: write it one level up"
        ),
        id="a guardrail's mode among its parameters",
    ),
    pytest.param(
        [{"guardrails": {"w" * 256: {"guardrail": "presidio"}}}],
        (
            f"catalog.json: guardrails.{'w' * 256}: found a name that Pulumi cannot keep a key under; allowed: no "
            'space, no ":", at most 255 signs; to do: rename it'
        ),
        id="an over-long name",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "fallbacks": [{"m": ["n", "n"]}]}],
        (
            'catalog.json: fallbacks[0].m: found "n" more than once; allowed: each target once; to do: remove it where '
            "it is not meant"
        ),
        id="a fallback that is named twice",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"": "m"}}],
        'catalog.json: aliases[""]: found an empty name; allowed: 1 to 255 signs; to do: give it a name',
        id="an alias without a name",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "keys": {"k" * 256: {"models": ["m"]}}}],
        f"catalog.json: keys.{'k' * 256}: found a name of 256 signs; allowed: at most 255; to do: shorten it",
        id="an over-long alias of a key",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openai": {"models": {"m": {"model_name": "x" * 256}}}}}}}],
        (
            "catalog.json: providers.p.interfaces.openai.models.m: found a name of 256 signs; allowed: at most 255; "
            "to do: shorten it"
        ),
        id="an over-long name of a model",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "aliases": {"all-proxy-models": "m"}}],
        (
            'catalog.json: aliases.all-proxy-models: found "all-proxy-models", by which LiteLLM means something of its '
            'own; allowed: any other name than "all-proxy-models", "all-team-models", "no-default-models"; to do: '
            "rename it"
        ),
        id="a reserved name for an alias",
    ),
    pytest.param(
        [{"users": {"default_user_id": {"models": ["all-proxy-models"]}}}],
        (
            'catalog.json: users.default_user_id: found "default_user_id", by which LiteLLM means something of its '
            'own; allowed: any other name than "default_user_id"; to do: rename it'
        ),
        id="a reserved name for a user",
    ),
    pytest.param(
        [
            {
                "providers": {
                    "p": {"interfaces": {"openai": {"models": {"m": {"litellm_params": {"input_cost_per_token": -1}}}}}}
                }
            }
        ],
        (
            "catalog.json: providers.p.interfaces.openai.models.m.litellm_params.input_cost_per_token: found -1; "
            "allowed: a number, 0 or more; to do: write how many, or remove it"
        ),
        id="a negative price",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openai": {"models": {"m": {"litellm_params": {"rpm": "many"}}}}}}}}],
        (
            "catalog.json: providers.p.interfaces.openai.models.m.litellm_params.rpm: found something that is no "
            "number; allowed: a number, 0 or more; to do: write how many, or remove it"
        ),
        id="a rate that is no number",
    ),
    pytest.param(
        [{"providers": {"p": {"interfaces": {"openai": {"models": {"m": {"model_info": {"max_input_tokens": 0}}}}}}}}],
        (
            "catalog.json: providers.p.interfaces.openai.models.m.model_info.max_input_tokens: found something that is "
            "no size; allowed: a whole number, 1 or more; to do: write how many tokens it reads"
        ),
        id="a context of no size",
    ),
    pytest.param(
        [{"users": {"u": {}}}],
        (
            "catalog.json: users.u.models: found an empty list, which to LiteLLM means every model; "
            "allowed: model names, aliases, access groups; to do: list what it may use; "
            '"all-proxy-models" for every model'
        ),
        id="a user without models",
    ),
    pytest.param(
        [{"providers": TWO_MODELS, "keys": {"k": {"models": ["mm"]}}}],
        (
            'catalog.json: keys.k.models: found "mm", which is no model name, alias or access group; '
            'allowed: model names, aliases, access groups: "all-proxy-models", "all-team-models", "m", '
            '"n", "no-default-models"; to do: write "m" if that is meant, else add it to the catalog, or '
            "remove it here"
        ),
        id="a key for an unknown model",
    ),
    pytest.param(
        [
            {
                "providers": TWO_MODELS,
                "users": {"ann": {"models": ["m"]}},
                "keys": {"k": {"models": ["m"], "user": "anne"}},
            }
        ],
        (
            'catalog.json: keys.k.user: found "anne", which is no user of the catalog; allowed: a user id '
            '("ann") or null; to do: write "ann" if that is meant, else add "anne" to users, or write null'
        ),
        id="a key of an unknown user",
    ),
    pytest.param(
        [
            {
                "providers": TWO_MODELS,
                "users": {"ann": {"models": ["m"], "user_email": "a@x"}, "bob": {"models": ["m"], "user_email": "A@x"}},
            }
        ],
        (
            'catalog.json: users.bob.user_email: found the address of the user "ann"; allowed: each '
            "address once; to do: remove one of the two users, or correct the address"
        ),
        id="one address twice",
    ),
]


@pytest.mark.parametrize(("documents", "expected"), CASES)
def test_each_bad_input_is_one_line_with_place_found_allowed_and_remedy(
    documents: list[JsonObject], expected: str
) -> None:
    layers = [Layer(path=path, document=document) for path, document in zip(FILES, documents, strict=False)]
    with pytest.raises(CatalogError) as error:
        resolve(layers, providers_with_key=ALL, skip_providers_without_key=False)
    assert str(error.value) == expected


def test_a_provider_without_a_key_is_one_line_too() -> None:
    layers = [Layer(path="catalog.json", document={"providers": TWO_MODELS})]
    with pytest.raises(CatalogError) as error:
        resolve(layers, providers_with_key=set(), skip_providers_without_key=False)
    assert str(error.value) == (
        "catalog.json: providers.p: found a provider without a key; "
        'allowed: a key for each provider, or "requires_key": false; '
        "to do: pulumi config set --secret litellm-api-keys:p (or skipProvidersWithoutKey: true in the settings)"
    )


def test_no_error_text_holds_a_value_that_could_be_a_key() -> None:
    marker = "sk-marker"
    document: JsonObject = {
        "providers": {
            "p": {
                "api_key": [marker],
                "api_base": f"http://u:{marker}@h",
                "access_groups": marker,
                "models": {"m": {"litellm_params": {"api_key": marker, "model": marker}, "model_info": {"id": marker}}},
                "interfaces": {"openai": {}},
            },
            "q": {"api_key": marker, "apikey": marker},
        }
    }
    with pytest.raises(CatalogError) as error:
        resolve([Layer(path="x", document=document)], providers_with_key=set(), skip_providers_without_key=False)
    assert len(error.value.problems) >= 8
    assert marker not in str(error.value)


def test_a_long_list_of_allowed_names_is_cut() -> None:
    models: JsonObject = {f"m{index:02}": None for index in range(30)}
    document: JsonObject = {
        "providers": {"p": {"interfaces": {"openai": {"models": models}}}},
        "aliases": {"a": "zzz"},
    }
    with pytest.raises(CatalogError, match=r'"m19" and 10 more;'):
        resolve([Layer(path="x", document=document)], providers_with_key={"p"}, skip_providers_without_key=False)


def test_what_a_provider_inherits_is_blamed_on_the_one_that_wrote_it() -> None:
    document: JsonObject = {
        "providers": {
            "base": {"api_base": "host", "interfaces": {"openai": {"models": {"m": {"model_info": {"id": "x"}}}}}},
            "child": {"$extend": "base"},
            "grandchild": {"$extend": "child", "api_base": "ftp://host"},
        }
    }
    with pytest.raises(CatalogError) as error:
        resolve([Layer(path="x", document=document)], providers_with_key=ALL, skip_providers_without_key=False)
    assert [problem.path for problem in error.value.problems] == [
        "providers.base.api_base",
        "providers.base.interfaces.openai.models.m.model_info.id",
        "providers.grandchild.api_base",
    ]


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind in LICENSED for field in sorted(LICENSED[kind])])
def test_each_field_that_needs_a_licence_is_refused_with_that_reason(kind: str, field: str) -> None:
    rest: JsonObject = {"max_budget": 1} if kind == "budgets" else {"models": ["all-proxy-models"]}
    document: JsonObject = {kind: {"x": {**rest, field: {}}}}
    with pytest.raises(CatalogError) as error:
        resolve([Layer(path="x", document=document)], providers_with_key=ALL, skip_providers_without_key=False)
    (problem,) = error.value.problems
    assert problem.path == f"{kind}.x.{field}"
    assert problem.remedy == "remove it: LiteLLM takes it only with an enterprise licence"
