"""Users and virtual keys."""

from collections.abc import Callable

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.resolved import KeySpec, ResolvedCatalog, UserSpec

Resolve = Callable[..., ResolvedCatalog]

MODELS: JsonObject = {
    "providers": {"p": {"access_groups": ["General"], "interfaces": {"openai": {"models": {"m": None}}}}},
    "aliases": {"a": "m"},
}


def test_a_user_and_a_key_have_the_originals_defaults(resolve_documents: Resolve) -> None:
    document = {**MODELS, "users": {"ann": {"models": ["General"]}}, "keys": {"ann": {"models": ["all-team-models"]}}}
    resolved = resolve_documents(document)
    assert resolved.users == (
        UserSpec(
            user_id="ann",
            user_email=None,
            user_alias=None,
            user_role="internal_user_viewer",
            models=("General",),
            limits={},
            metadata={},
        ),
    )
    assert resolved.keys == (
        KeySpec(key_alias="ann", user_id=None, models=("all-team-models",), key_type="llm_api", limits={}, metadata={}),
    )


def test_a_key_says_which_value_it_has_and_how_long_the_one_of_before_works_on(resolve_documents: Resolve) -> None:
    keys: JsonObject = {"a": {"models": ["m"]}, "b": {"models": ["m"], "rotation": 2, "grace": "7d"}}
    resolved = resolve_documents({**MODELS, "keys": keys})
    assert [(key.rotation, key.grace) for key in resolved.keys] == [(0, "24h"), (2, "7d")]


def test_limits_go_under_litellms_names_and_null_is_no_limit(resolve_documents: Resolve) -> None:
    key: JsonObject = {
        "user": "ann",
        "models": ["m", "a", "General", "vendor/*"],
        "max_budget": 5,
        "soft_budget": 4.5,
        "budget_duration": "1mo",
        "tpm_limit": 1000,
        "rpm_limit": None,
        "max_parallel_requests": 3,
        "metadata": {"team": "x"},
    }
    users: JsonObject = {"ann": {"models": ["m"], "rpm_limit": 7}}
    document: JsonObject = {**MODELS, "users": users, "keys": {"k": key}}
    resolved = resolve_documents(document)
    assert resolved.users[0].limits == {"rpm_limit": 7}
    assert resolved.keys[0].user_id == "ann"
    assert resolved.keys[0].metadata == {"team": "x"}
    assert resolved.keys[0].limits == {
        "max_budget": 5,
        "soft_budget": 4.5,
        "budget_duration": "1mo",
        "tpm_limit": 1000,
        "max_parallel_requests": 3,
    }


def test_a_keys_models_stay_when_their_provider_is_skipped_for_an_empty_list_would_mean_all(
    resolve_documents: Resolve,
) -> None:
    document = {**MODELS, "keys": {"k": {"models": ["m", "a", "General"]}}}
    resolved = resolve_documents(document, keys=set(), skip=True)
    assert resolved.models == ()
    assert resolved.keys[0].models == ("m", "a", "General")
