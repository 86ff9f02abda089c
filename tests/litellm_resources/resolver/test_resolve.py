"""The whole way: who has a key, what came from the local overlay, all problems at once."""

import json
from collections.abc import Callable
from pathlib import PurePath

import pytest

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.rendering import as_document
from litellm_resources.resolver.resolved import ProviderSpec, ResolvedCatalog

Resolve = Callable[..., ResolvedCatalog]

SPEAKS_OPENAI: JsonObject = {"interfaces": {"openai": {"models": {"m": None}}}}
CATALOG: JsonObject = {"providers": {"p": SPEAKS_OPENAI}}


def test_a_key_may_come_from_the_stack_config_by_name_or_by_question(resolve_documents: Resolve) -> None:
    expected = (ProviderSpec(name="p", key_provider="p", has_local_key=False),)
    assert resolve_documents(CATALOG, keys={"p"}).providers == expected
    assert resolve_documents(CATALOG, keys=None).providers == expected


def test_a_key_in_the_local_overlay_counts_and_stays_out_of_every_spec(resolve_documents: Resolve) -> None:
    local = {"providers": {"p": {"api_key": "sk-local"}}}
    resolved = resolve_documents(CATALOG, local=local, keys=set())
    assert resolved.providers == (ProviderSpec(name="p", key_provider="p", has_local_key=True),)
    assert resolved.local_api_keys["p"].reveal() == "sk-local"
    assert "sk-local" not in repr(resolved) + json.dumps(as_document(resolved))


def test_what_came_from_the_local_overlay_is_named_and_never_shown(resolve_documents: Resolve) -> None:
    models: JsonObject = {"interfaces": {"openai": {"models": {"a.b": None}}}}
    local = {"$schema": "x", "providers": {"p": {"api_key": "sk-local", **models}}}
    resolved = resolve_documents(CATALOG, local=local)
    assert resolved.local_values == ("providers.p.api_key", 'providers.p.interfaces.openai.models["a.b"]')
    assert resolve_documents(CATALOG).local_values == ()


@pytest.mark.parametrize(
    ("keys", "key_provider"), [({"root"}, "root"), ({"root", "middle"}, "middle"), ({"root", "leaf"}, "leaf")]
)
def test_a_provider_uses_its_own_key_else_the_nearest_one_that_it_inherits(
    resolve_documents: Resolve, keys: set[str], key_provider: str
) -> None:
    document: JsonObject = {
        "providers": {"leaf": {"$extend": "middle"}, "middle": {"$extend": "root"}, "root": SPEAKS_OPENAI}
    }
    resolved = resolve_documents(document, keys=keys)
    credential = next(each for each in resolved.credentials if each.provider == "leaf")
    assert credential.key_provider == key_provider


def test_null_in_an_overlay_takes_an_inherited_extend_away_with_its_key(resolve_documents: Resolve) -> None:
    document: JsonObject = {"providers": {"base": SPEAKS_OPENAI, "p": {"$extend": "base"}}}
    overlay: JsonObject = {"providers": {"p": {"$extend": None}}}
    assert {model.provider for model in resolve_documents(document).models} == {"base", "p"}
    assert {model.provider for model in resolve_documents(document, overlay).models} == {"base"}
    assert resolve_documents(document, overlay, keys={"base"}, skip=True).skipped == ("p",)


def test_a_provider_without_a_key_is_skipped_only_where_that_was_asked_for(resolve_documents: Resolve) -> None:
    assert resolve_documents(CATALOG, keys=set(), skip=True).skipped == ("p",)
    with pytest.raises(CatalogError):
        resolve_documents(CATALOG, keys=set(), skip=False)


def test_a_skipped_provider_is_checked_like_any_other(resolve_documents: Resolve) -> None:
    document: JsonObject = {"providers": {"p": {**SPEAKS_OPENAI, "api_base": "p:1"}}}
    with pytest.raises(CatalogError, match=r"base\.json: providers\.p\.api_base"):
        resolve_documents(document, keys=set(), skip=True)


def test_an_overlay_changes_one_field_and_the_rest_stays(resolve_documents: Resolve) -> None:
    overlay: JsonObject = {"providers": {"p": {"interfaces": {"openai": {"models": {"m": {"model_name": "n"}}}}}}}
    assert [model.model_name for model in resolve_documents(CATALOG, overlay, {}).models] == ["n"]


def test_every_problem_of_every_file_is_said_at_once_wrong_structure_or_wrong_meaning(
    resolve_documents: Resolve,
) -> None:
    base: JsonObject = {
        "providers": {
            "a": {"$extend": "b", "acces_groups": []},
            "b": {"$extend": "a"},
            "c": {"$extend": "d", "access_groups": "General"},
        },
        "aliases": {"x": "nothing", "y": "z", "z": "y"},
        "fallbacks": [{"x": ["nowhere"]}],
    }
    overlay: JsonObject = {"providers": {"a": {"api_base": 5}}, "users": {"ann": {"models": []}}}
    with pytest.raises(CatalogError) as error:
        resolve_documents(base, overlay)
    assert [(PurePath(problem.file).name, problem.path) for problem in error.value.problems] == [
        ("base.json", "providers.a.acces_groups"),
        ("base.json", "providers.c.access_groups"),
        ("overlay1.json", "providers.a.api_base"),
        ("base.json", "providers.c.$extend"),
        ("base.json", "providers.a.$extend"),
        ("base.json", "aliases.x"),
        ("base.json", "aliases.y"),
        ("base.json", "fallbacks[0].x"),
        ("overlay1.json", "users.ann.models"),
    ]


def test_two_faults_in_one_list_take_only_that_list_out_of_the_further_checks(resolve_documents: Resolve) -> None:
    providers: JsonObject = {"p": {**SPEAKS_OPENAI, "access_groups": [1, 2]}}
    with pytest.raises(CatalogError) as error:
        resolve_documents({"providers": providers, "aliases": {"a": "m", "b": {"model": 1}}})
    assert [problem.path for problem in error.value.problems] == [
        "providers.p.access_groups[0]",
        "providers.p.access_groups[1]",
        "aliases.b.model",
    ]


def test_the_same_catalog_in_another_order_resolves_to_the_same(resolve_documents: Resolve) -> None:
    providers: JsonObject = {"a": SPEAKS_OPENAI, "b": {"$extend": "a"}, "c": {"$extend": "b"}}
    turned: JsonObject = dict(reversed(providers.items()))
    aliases: JsonObject = {"x": "m", "y": "m"}
    accepted: JsonObject = {"accepted_warnings": ["providers.a", "providers.b", "providers.c"]}
    assert resolve_documents({"providers": providers, "aliases": aliases, **accepted}) == resolve_documents(
        {**accepted, "aliases": dict(reversed(aliases.items())), "providers": turned}
    )


def test_no_file_at_all_is_an_empty_catalog(resolve_documents: Resolve) -> None:
    resolved = resolve_documents()
    assert (resolved.models, resolved.credentials, resolved.warnings) == ((), (), ())
