"""Aliases, fallbacks and the other router keys, as LiteLLM needs them."""

from collections.abc import Callable

import pytest

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.resolved import ResolvedCatalog

Resolve = Callable[..., ResolvedCatalog]

CATALOG: JsonObject = {
    "providers": {
        "p": {"interfaces": {"openai": {"models": {"m": None, "n": None, "vendor/*": None}}}},
        "q": {"interfaces": {"openai": {"models": {"m": None, "only-q": None}}}},
    }
}


def test_a_chain_of_aliases_is_followed_to_its_model_because_litellm_follows_one_step(
    resolve_documents: Resolve,
) -> None:
    aliases = {"a": "b", "b": "c", "c": "m"}
    router = resolve_documents({**CATALOG, "aliases": aliases}).router_settings
    assert router.model_group_alias == {"a": "m", "b": "m", "c": "m"}


def test_a_hidden_alias_stays_hidden_and_only_it(resolve_documents: Resolve) -> None:
    aliases = {"shown": "secret", "secret": {"model": "m", "hidden": True}, "plain": {"model": "n"}}
    router = resolve_documents({**CATALOG, "aliases": aliases}).router_settings
    assert router.model_group_alias == {"plain": "n", "secret": {"model": "m", "hidden": True}, "shown": "m"}


def test_each_fallback_rule_names_one_model_because_litellm_reads_the_first_key_only(
    resolve_documents: Resolve,
) -> None:
    router = resolve_documents({**CATALOG, "fallbacks": [{"m": ["n"], "n": ["m"]}, {}]}).router_settings
    assert router.fallbacks == [{"m": ["n"]}, {"n": ["m"]}]


def test_fallbacks_may_name_aliases_wildcards_and_any_model(resolve_documents: Resolve) -> None:
    rules = [{"fast": ["n"]}, {"n": ["fast", "vendor/x"]}, {"*": ["m"]}]
    router = resolve_documents({**CATALOG, "aliases": {"fast": "m"}, "fallbacks": rules}).router_settings
    assert router.fallbacks == rules


def test_other_router_keys_are_taken_as_they_are_and_only_those_that_are_set(resolve_documents: Resolve) -> None:
    settings = {"num_retries": 2, "timeout": 30, "retry_policy": {"TimeoutErrorRetries": 2}}
    router = resolve_documents({**CATALOG, "router_settings": settings}).router_settings
    assert router.other == settings
    assert resolve_documents(CATALOG).router_settings.other == {}


@pytest.mark.parametrize("kind", ["context_window_fallbacks", "content_policy_fallbacks"])
def test_the_other_kinds_of_fallbacks_are_resolved_alike(resolve_documents: Resolve, kind: str) -> None:
    rules = [{"m": ["n"], "n": ["fast"]}]
    document = {**CATALOG, "aliases": {"fast": "m"}, "router_settings": {kind: rules}}
    router = resolve_documents({**document, "aliases": {"fast": "vendor/*"}}).router_settings
    assert getattr(router, kind) == [{"m": ["n"]}, {"n": ["fast"]}]
    assert router.other == {}


def test_what_leads_to_models_of_a_skipped_provider_is_dropped_with_a_warning_and_nothing_else(
    resolve_documents: Resolve,
) -> None:
    document = {
        **CATALOG,
        "aliases": {"x": "y", "y": "only-q", "z": "m"},
        "fallbacks": [{"m": ["only-q", "n"]}, {"n": ["x"]}, {"only-q": ["m"]}],
        "accepted_warnings": ["providers.p", "aliases.z"],
    }
    resolved = resolve_documents(document, keys={"p"}, skip=True)
    assert resolved.skipped == ("q",)
    assert resolved.router_settings.model_group_alias == {"z": "m"}
    assert resolved.router_settings.fallbacks == [{"m": ["n"]}]
    assert resolved.warnings == (
        'provider "q" has no key and is skipped; models left out: "only-q"; '
        "to use it: pulumi config set --secret litellm-api-keys:q",
        'left out, because they lead to models of skipped providers: alias "x"; alias "y"; '
        'fallback "m" → "only-q"; fallback "n" → "x"; fallback "only-q" → "m"',
    )
