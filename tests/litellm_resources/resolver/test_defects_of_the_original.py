"""What the original's script got wrong in its catalog, each as a rule that holds here."""

from collections.abc import Callable

import pytest

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.resolved import ResolvedCatalog

Resolve = Callable[..., ResolvedCatalog]

OPENAI: JsonObject = {"interfaces": {"openai": {"models": {"m": None}}}}


def test_extending_a_provider_that_itself_extends_works_in_any_order_of_the_file(resolve_documents: Resolve) -> None:
    for names in (["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]):
        content: dict[str, JsonObject] = {"a": OPENAI, "b": {"$extend": "a"}, "c": {"$extend": "b"}}
        providers: JsonObject = {name: content[name] for name in names}
        resolved = resolve_documents({"providers": providers})
        assert [model.provider for model in resolved.models] == ["a", "b", "c"]


def test_extending_an_unknown_provider_is_an_error_and_not_a_log_line(resolve_documents: Resolve) -> None:
    with pytest.raises(CatalogError, match=r"providers\.p\.\$extend: found \"ghost\", which is no provider"):
        resolve_documents({"providers": {"p": {"$extend": "ghost", **OPENAI}}})


def test_a_missing_local_file_is_an_error_and_does_not_delete_what_is_in_use(resolve_documents: Resolve) -> None:
    with pytest.raises(CatalogError, match="litellm-api-keys:p"):
        resolve_documents({"providers": {"p": OPENAI}}, keys=set())


def test_an_empty_list_of_access_groups_is_not_mistaken_for_none_given(resolve_documents: Resolve) -> None:
    models: JsonObject = {"m": {"access_groups": []}}
    document: JsonObject = {
        "providers": {"p": {"access_groups": ["General"], "interfaces": {"openai": {"models": models}}}}
    }
    assert "access_groups" not in resolve_documents(document).models[0].model_info


def test_the_readmes_models_under_a_provider_are_read_although_the_originals_schema_refused_them(
    resolve_documents: Resolve,
) -> None:
    provider: JsonObject = {
        "access_groups": ["General"],
        "interfaces": {"openai": {}},
        "models": {"model-a": None, "model-b": {"access_groups": ["Premium"]}},
    }
    models = resolve_documents({"providers": {"my-provider": provider}}).models
    assert {model.model_name: model.model_info["access_groups"] for model in models} == {
        "model-a": ["General"],
        "model-b": ["Premium"],
    }


README_EXAMPLE: JsonObject = {
    "providers": {
        "my-provider": {
            "access_groups": ["General"],
            "models": {"model-a": None, "model-b": {"access_groups": ["Premium"]}},
        }
    }
}


def test_the_readmes_example_as_it_is_printed_names_no_interface_which_is_said_and_not_passed_over_in_silence(
    resolve_documents: Resolve,
) -> None:
    with pytest.raises(CatalogError) as error:
        resolve_documents(README_EXAMPLE)
    (problem,) = error.value.problems
    assert str(problem).partition("/")[2] == (
        "base.json: providers.my-provider.interfaces: found no interface, so nothing would be made of its models; "
        'allowed: one or more of "anthropic", "gemini", "openai"; '
        'to do: add what it speaks, for example "interfaces": {"openai": {}}'
    )


def test_the_readmes_example_over_a_file_that_names_the_interfaces_counts_for_each_of_them(
    resolve_documents: Resolve,
) -> None:
    base: JsonObject = {"providers": {"my-provider": {"interfaces": {"openai": {}, "anthropic": {}}}}}
    models = resolve_documents(base, README_EXAMPLE).models
    assert [(model.upstream_model, model.model_info["access_groups"]) for model in models] == [
        ("anthropic/model-a", ["General"]),
        ("openai/model-a", ["General"]),
        ("anthropic/model-b", ["Premium"]),
        ("openai/model-b", ["Premium"]),
    ]


def test_deployments_of_one_name_and_credential_have_identities_of_their_own(resolve_documents: Resolve) -> None:
    models: JsonObject = {"a": {"model_name": "m"}, "b": {"model_name": "m"}}
    resolved = resolve_documents({"providers": {"p": {"interfaces": {"openai": {"models": models}}}}})
    assert len({model.identity for model in resolved.models}) == 2


def test_an_alias_of_an_alias_reaches_its_model(resolve_documents: Resolve) -> None:
    document: JsonObject = {"providers": {"p": OPENAI}, "aliases": {"a": "b", "b": "m"}}
    assert resolve_documents(document).router_settings.model_group_alias["a"] == "m"
