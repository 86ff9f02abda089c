"""The JSON schema for editors says what the loader says, and takes whatever the original's schema took."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from litellm_resources.resolver import authored
from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.schema import catalog_schema, schema_text
from litellm_resources.resolver.structure import authored_type_at, check_layer

CATALOG = Path(__file__).parents[3] / "catalog"
FIXTURES = Path(__file__).parent / "fixtures"
OURS = jsonschema.Draft7Validator(catalog_schema())
THE_ORIGINALS = jsonschema.Draft7Validator(json.loads((FIXTURES / "original.schema.json").read_text()))

JUNK: st.SearchStrategy[JsonValue] = st.sampled_from([None, True, -1, 2, 0.5, "x", "30d", [], ["g"], [1], {}, {"x": 1}])
NAMES = st.sampled_from(["m", "n", "$base"])
Fields = dict[str, st.SearchStrategy[JsonValue]]


def mostly(strategy: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    """What belongs there, or now and then what may not."""
    return st.integers(0, 6).flatmap(lambda roll: strategy if roll else JUNK)


def an_object(fields: Fields) -> st.SearchStrategy[JsonValue]:
    """Any part of the fields, now and then with one that is unknown."""
    return st.fixed_dictionaries({}, optional={**{key: mostly(value) for key, value in fields.items()}}).flatmap(
        lambda value: st.integers(0, 9).map(lambda roll: value if roll else {**value, "unknown": 1})
    )


STRINGS: st.SearchStrategy[JsonValue] = st.sampled_from(["", "x", "http://x"])
LISTS = st.lists(mostly(STRINGS), max_size=2)
MODELS = st.dictionaries(
    NAMES,
    mostly(
        an_object(
            {
                "model_name": STRINGS,
                "access_groups": LISTS,
                "model_info": st.fixed_dictionaries({}, optional={"base_model": mostly(STRINGS), "mode": JUNK}),
                "litellm_params": st.dictionaries(NAMES, JUNK, max_size=2),
                "deployment": STRINGS,
            }
        )
    ),
    max_size=2,
)
INTERFACES = an_object(dict.fromkeys(["openai", "gemini"], an_object({"models": MODELS})))
ORIGINALS_PROVIDER: Fields = {
    "$extend": st.none() | STRINGS,
    "api_key": STRINGS,
    "api_base": STRINGS,
    "access_groups": LISTS,
    "interfaces": INTERFACES,
}
PROVIDER: Fields = {**ORIGINALS_PROVIDER, "models": MODELS, "requires_key": st.booleans(), "template": st.booleans()}
LIMITS: Fields = {
    "models": LISTS,
    "max_budget": st.none() | st.sampled_from([1, 0.5]),
    "budget_duration": st.sampled_from([None, "30d", "1mo", "30", "d"]),
    "tpm_limit": st.none() | st.just(1),
    "metadata": st.just({}),
}
SECTIONS: Fields = {
    "$schema": STRINGS,
    "providers": st.dictionaries(NAMES, mostly(an_object(PROVIDER)), max_size=2),
    "aliases": st.dictionaries(
        NAMES, mostly(STRINGS | an_object({"model": STRINGS, "hidden": st.booleans()})), max_size=2
    ),
    "fallbacks": st.lists(mostly(st.dictionaries(NAMES, mostly(LISTS), max_size=2)), max_size=2),
    "router_settings": an_object(
        {
            "num_retries": st.just(1),
            "timeout": st.just(0.5),
            "routing_strategy": st.sampled_from(["simple-shuffle", "random"]),
        }
    ),
    "users": st.dictionaries(NAMES, an_object({**LIMITS, "user_role": st.just("internal_user")}), max_size=1),
    "keys": st.dictionaries(NAMES, an_object({**LIMITS, "user": st.none() | STRINGS}), max_size=1),
}


@settings(max_examples=100, deadline=None)
@given(an_object(SECTIONS))
def test_schema_and_loader_accept_and_refuse_the_same(document: JsonObject) -> None:
    refused = check_layer(Layer(path="x", document=document, is_local=True)).problems
    assert OURS.is_valid(document) == (not refused), (document, refused)


@settings(max_examples=40, deadline=None)
@given(an_object(SECTIONS))
def test_what_is_left_without_the_wrong_places_is_well_built(document: JsonObject) -> None:
    checked = check_layer(Layer(path="x", document=document, is_local=True))
    assert check_layer(checked.layer).problems == ()


@settings(max_examples=40, deadline=None)
@given(an_object({"providers": st.dictionaries(NAMES, an_object(ORIGINALS_PROVIDER), max_size=2)}))
def test_whatever_the_originals_schema_takes_ours_takes(document: JsonObject) -> None:
    if THE_ORIGINALS.is_valid(document):
        OURS.validate(document)


def test_the_schema_file_is_current() -> None:
    remedy = "python -m litellm_resources.resolver.schema > catalog/catalog.schema.json"
    assert (CATALOG / "catalog.schema.json").read_text() == schema_text(), remedy


def test_the_schema_is_valid_draft_07() -> None:
    jsonschema.Draft7Validator.check_schema(catalog_schema())


@pytest.mark.parametrize("name", ["catalog.json", "dev.json", "staging.json", "prod.json"])
def test_the_committed_catalogs_follow_the_schema(name: str) -> None:
    OURS.validate(json.loads((CATALOG / name).read_text()))


def test_the_originals_catalog_follows_both_schemas() -> None:
    original = json.loads((FIXTURES / "original.config.json").read_text())
    THE_ORIGINALS.validate(original)
    OURS.validate(original)


def test_every_field_is_described() -> None:
    for described in _subclasses(authored.Authored):
        assert described.__doc__, described
        assert [name for name, field in described.model_fields.items() if not field.description] == []


def test_every_object_with_fixed_keys_knows_which_keys_are_allowed() -> None:
    places = {
        (),
        ("router_settings",),
        ("aliases", "x"),
        ("users", "x"),
        ("keys", "x"),
        ("budgets", "x"),
        ("guardrails", "x"),
        ("mcp_servers", "x"),
        ("teams", "x"),
        ("teams", "x", "members", "y"),
        ("providers", "x"),
        ("providers", "x", "models", "y"),
        ("providers", "x", "interfaces"),
        ("providers", "x", "interfaces", "openai"),
    }
    named = {authored_type_at(place) for place in places}
    closed = {each for each in _subclasses(authored.Authored) if each.model_config["extra"] == "forbid"}
    assert named == closed - {authored.AuthoredLimits, authored.AuthoredRates}


def _subclasses(base: type[authored.Authored]) -> list[type[authored.Authored]]:
    return [each for child in base.__subclasses__() for each in (child, *_subclasses(child))]
