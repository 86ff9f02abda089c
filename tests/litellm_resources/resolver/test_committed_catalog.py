"""The catalog in this repository: the company's real one, and what dev adds so that a first request is answered."""

import json
from pathlib import Path

from litellm_resources.resolver.loading import catalog_files, load
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog

CATALOG = Path(__file__).parents[3] / "catalog"
ORIGINAL = Path(__file__).parent / "fixtures" / "original.config.json"
SWITCHED_OFF = {"antigravity-manager": "switch it on"}


def resolve_committed(environment: str, keys: set[str], *, skip: bool = False) -> ResolvedCatalog:
    """The committed files of one environment."""
    layers = load(catalog_files(CATALOG, environment, with_local=False))
    return resolve(layers, providers_with_key=keys, skip_providers_without_key=skip, services=SWITCHED_OFF)


def test_the_base_is_the_originals_catalog() -> None:
    ours = json.loads((CATALOG / "catalog.json").read_text())
    original = json.loads(ORIGINAL.read_text())
    assert {**ours, "$schema": None} == {**original, "$schema": None}


def test_the_originals_catalog_resolves_to_its_four_models() -> None:
    for environment in ("staging", "prod"):
        resolved = resolve_committed(environment, {"antigravity-manager"})
        assert [(model.model_name, model.upstream_model) for model in resolved.models] == [
            ("claude-opus-4-6", "anthropic/claude-opus-4-6-thinking"),
            ("claude-sonnet-4-6", "anthropic/claude-sonnet-4-6"),
            ("gemini-3-flash-preview", "anthropic/gemini-3-flash"),
            ("gemini-3.1-pro-preview", "anthropic/gemini-3.1-pro-high"),
        ]
        assert [credential.name for credential in resolved.credentials] == ["antigravity-manager-anthropic"]
        assert resolved.router_settings.model_group_alias == {"claude-haiku-4-5-20251001": "gemini-3-flash-preview"}
        assert resolved.router_settings.fallbacks == [
            {"claude-opus-4-6": ["gemini-3.1-pro-preview"]},
            {"claude-sonnet-4-6": ["gemini-3.1-pro-preview"]},
        ]
        assert resolved.warnings == ()


def test_dev_answers_through_an_alias_with_a_fallback_and_no_provider_account() -> None:
    resolved = resolve_committed("dev", set(), skip=True)
    models = {model.model_name: model for model in resolved.models}
    alias, target = next(iter(resolved.router_settings.model_group_alias.items()))
    assert alias == "hello"
    assert isinstance(target, str)
    assert models[target].litellm_params["mock_response"]
    assert resolved.router_settings.fallbacks == [{"mock-large": ["mock-small"]}]
    assert {name: model.model_info["access_groups"] for name, model in models.items()} == {
        "mock-small": ["General"],
        "mock-large": ["Premium"],
    }
    assert all(model.credential_name is None for model in resolved.models)
    assert [(key.user_id, key.models) for key in resolved.keys] == [("developer", ("General",))]
    assert resolved.skipped == ("antigravity-manager",)
    assert len(resolved.warnings) == 2


def test_dev_keeps_the_real_catalog_beside_the_mock_once_its_key_is_there() -> None:
    resolved = resolve_committed("dev", {"antigravity-manager"})
    assert len(resolved.models) == 6
    assert len(resolved.router_settings.fallbacks) == 3
    assert resolved.warnings == ()
