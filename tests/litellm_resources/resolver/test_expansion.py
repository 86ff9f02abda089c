"""A provider into credentials and deployments."""

from collections.abc import Callable

import pytest

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.resolved import ModelSpec, ResolvedCatalog

Resolve = Callable[..., ResolvedCatalog]


def provider(**fields: object) -> JsonObject:
    """A catalog of one provider `p`."""
    content: JsonObject = {"api_base": "http://p:1", **fields}  # type: ignore[dict-item]  # the tests write JSON only
    return {"providers": {"p": content}}


def only(resolved: ResolvedCatalog) -> ModelSpec:
    """The one deployment there is."""
    (model,) = resolved.models
    return model


@pytest.mark.parametrize(
    ("interface", "api_base", "custom_llm_provider"),
    [
        ("openai", "http://p:1/v1", "OpenAI_Compatible"),
        ("gemini", "http://p:1/v1beta", "Google_AI_Studio"),
        ("anthropic", "http://p:1", "Anthropic"),
    ],
)
def test_each_interface_is_a_credential_with_its_suffix_and_litellms_name(
    resolve_documents: Resolve, interface: str, api_base: str, custom_llm_provider: str
) -> None:
    resolved = resolve_documents(provider(interfaces={interface: {"models": {"m": None}}}))
    (credential,) = resolved.credentials
    assert (credential.name, credential.provider, credential.interface) == (f"p-{interface}", "p", interface)
    assert (credential.api_base, credential.custom_llm_provider) == (api_base, custom_llm_provider)
    model = only(resolved)
    assert (model.upstream_model, model.credential_name) == (f"{interface}/m", f"p-{interface}")


def test_a_slash_at_the_end_of_the_base_url_is_not_doubled(resolve_documents: Resolve) -> None:
    resolved = resolve_documents(provider(api_base="http://p:1/", interfaces={"openai": {}}))
    assert resolved.credentials[0].api_base == "http://p:1/v1"


def test_a_provider_without_base_url_leaves_it_to_litellm(resolve_documents: Resolve) -> None:
    resolved = resolve_documents({"providers": {"p": {"interfaces": {"openai": {"models": {"m": None}}}}}})
    assert resolved.credentials[0].api_base is None
    assert only(resolved).credential_name == "p-openai"


def test_a_null_model_has_all_defaults(resolve_documents: Resolve) -> None:
    model = only(resolve_documents(provider(interfaces={"openai": {"models": {"m": None}}})))
    assert model == ModelSpec(
        identity="m@p-openai:openai/m",
        model_name="m",
        provider="p",
        credential_name="p-openai",
        upstream_model="openai/m",
        litellm_params={},
        model_info={"base_model": "m"},
    )


def test_base_model_defaults_to_the_model_name_and_free_model_info_stays(resolve_documents: Resolve) -> None:
    entry = {"model_name": "n", "model_info": {"mode": "chat", "nested": {"x": [1, None]}}}
    model = only(resolve_documents(provider(interfaces={"openai": {"models": {"m": entry}}})))
    assert model.model_info == {"base_model": "n", "mode": "chat", "nested": {"x": [1, None]}}
    entry = {"model_name": "n", "model_info": {"base_model": "vendor/m"}}
    model = only(resolve_documents(provider(interfaces={"openai": {"models": {"m": entry}}})))
    assert model.model_info == {"base_model": "vendor/m"}


@pytest.mark.parametrize(
    ("of_provider", "of_model", "expected"),
    [
        (None, None, None),
        (["General"], None, ["General"]),
        (["General"], ["Premium"], ["Premium"]),
        (["General"], [], None),
        ([], None, None),
        (None, ["Premium"], ["Premium"]),
    ],
)
def test_a_models_access_groups_replace_the_providers_and_an_empty_list_is_left_out(
    resolve_documents: Resolve, of_provider: list[str] | None, of_model: list[str] | None, expected: list[str] | None
) -> None:
    entry = None if of_model is None else {"access_groups": of_model}
    groups = {} if of_provider is None else {"access_groups": of_provider}
    model = only(resolve_documents(provider(interfaces={"openai": {"models": {"m": entry}}}, **groups)))
    assert model.model_info.get("access_groups") == expected


def test_several_deployments_share_one_model_name(resolve_documents: Resolve) -> None:
    models = {"a": {"model_name": "m"}, "b": {"model_name": "m"}}
    resolved = resolve_documents(provider(interfaces={"openai": {"models": models}, "gemini": {"models": models}}))
    assert [model.identity for model in resolved.models] == [
        "m@p-gemini:gemini/a",
        "m@p-gemini:gemini/b",
        "m@p-openai:openai/a",
        "m@p-openai:openai/b",
    ]


def test_the_readmes_models_under_a_provider_count_for_each_of_its_interfaces(resolve_documents: Resolve) -> None:
    document = provider(
        access_groups=["General"],
        models={"model-a": None, "model-b": {"access_groups": ["Premium"]}},
        interfaces={"openai": {}, "anthropic": {}},
    )
    resolved = resolve_documents(document)
    assert [(model.upstream_model, model.model_info["access_groups"]) for model in resolved.models] == [
        ("anthropic/model-a", ["General"]),
        ("openai/model-a", ["General"]),
        ("anthropic/model-b", ["Premium"]),
        ("openai/model-b", ["Premium"]),
    ]


def test_an_interfaces_own_entry_is_merged_over_the_providers(resolve_documents: Resolve) -> None:
    document = provider(
        models={"m": {"model_name": "n", "litellm_params": {"rpm": 1, "tpm": 2}, "access_groups": ["A"]}},
        interfaces={"openai": {"models": {"m": {"litellm_params": {"rpm": 9}, "access_groups": []}}}, "gemini": {}},
    )
    models = {model.upstream_model: model for model in resolve_documents(document).models}
    over, plain = models["openai/m"], models["gemini/m"]
    assert (over.model_name, over.litellm_params) == ("n", {"rpm": 9, "tpm": 2})
    assert "access_groups" not in over.model_info
    assert (plain.litellm_params, plain.model_info["access_groups"]) == ({"rpm": 1, "tpm": 2}, ["A"])


def test_a_suffix_tells_deployments_of_the_same_upstream_model_apart(resolve_documents: Resolve) -> None:
    models = {"m": None, "m-eu": {"model_name": "m", "upstream_name": "m", "deployment": "eu"}}
    resolved = resolve_documents(provider(interfaces={"openai": {"models": models}}))
    assert [model.identity for model in resolved.models] == ["m@p-openai:openai/m", "m@p-openai:openai/m#eu"]
    assert {model.upstream_model for model in resolved.models} == {"openai/m"}


def test_a_renamed_upstream_keeps_the_key_as_model_name(resolve_documents: Resolve) -> None:
    models = {"m": {"upstream_name": "vendor-m-2026"}}
    model = only(resolve_documents(provider(interfaces={"openai": {"models": models}})))
    assert (model.model_name, model.upstream_model) == ("m", "openai/vendor-m-2026")


def test_a_provider_that_needs_no_key_and_has_no_base_url_has_no_credential(resolve_documents: Resolve) -> None:
    document = provider(requires_key=False, api_base="", interfaces={"openai": {"models": {"m": None}}})
    resolved = resolve_documents(document, keys=set())
    assert resolved.credentials == ()
    assert only(resolved).credential_name is None
    assert only(resolved).identity == "m@p-openai:openai/m"


def test_a_provider_that_needs_no_key_keeps_its_base_url_in_a_credential(resolve_documents: Resolve) -> None:
    document = provider(requires_key=False, interfaces={"openai": {"models": {"m": None}}})
    (credential,) = resolve_documents(document, keys=set()).credentials
    assert (credential.api_base, credential.key_provider) == ("http://p:1/v1", None)


def test_a_key_is_used_also_where_none_is_needed(resolve_documents: Resolve) -> None:
    document = provider(requires_key=False, api_base="", interfaces={"openai": {}})
    (credential,) = resolve_documents(document, keys={"p"}).credentials
    assert credential.key_provider == "p"


def test_a_template_makes_nothing_itself_and_needs_no_key(resolve_documents: Resolve) -> None:
    document: JsonObject = {
        "providers": {
            "base": {"template": True, "models": {"m": None}},
            "p": {"$extend": "base", "interfaces": {"openai": {}}},
        }
    }
    resolved = resolve_documents(document, keys={"p"})
    assert [credential.name for credential in resolved.credentials] == ["p-openai"]
    assert [model.identity for model in resolved.models] == ["m@p-openai:openai/m"]
    assert [each.name for each in resolved.providers] == ["p"]


def test_a_base_url_that_ends_in_the_suffix_is_warned_of_and_kept(resolve_documents: Resolve) -> None:
    resolved = resolve_documents(provider(api_base="http://p:1/v1", interfaces={"openai": {}, "anthropic": {}}))
    assert resolved.warnings == ('providers.p.api_base: ends in "/v1", which the interface openai adds once more',)
    assert {credential.api_base for credential in resolved.credentials} == {"http://p:1/v1", "http://p:1/v1/v1"}


def test_a_provider_with_neither_interface_nor_model_is_warned_of(resolve_documents: Resolve) -> None:
    assert resolve_documents(provider()).warnings == ('providers.p: no "interfaces", so nothing is made of it',)


def test_a_secret_parameter_may_name_the_gateways_environment(resolve_documents: Resolve) -> None:
    entry = {"litellm_params": {"api_key": "os.environ/OTHER_KEY"}}
    model = only(resolve_documents(provider(interfaces={"openai": {"models": {"m": entry}}})))
    assert model.litellm_params == {"api_key": "os.environ/OTHER_KEY"}
