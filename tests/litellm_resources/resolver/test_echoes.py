"""What a fault of structure takes out is missed aloud by no later stage; every fault of its own is told beside it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath

import pytest
from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject, Layer, Path, value_at
from litellm_resources.resolver.echoes import hole_at
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog
from litellm_resources.resolver.structure import check_layer

FIXTURES = FilePath(__file__).parent / "fixtures"
Resolve = Callable[..., ResolvedCatalog]

GOOD: JsonObject = {"interfaces": {"openai": {"models": {"m": None}}}}
GOOD_CATALOG: JsonObject = {"providers": {"p": GOOD}}


def provider(**content: JsonValue) -> JsonObject:
    return {"providers": {"p": content}}


ECHOES = [
    pytest.param(
        {**provider(interfaces={"openai": {"models": {"m": "n"}}}), "aliases": {"a": "m"}},
        ["providers.p.interfaces.openai.models.m"],
        id="an alias to a model that is no object",
    ),
    pytest.param(
        {
            **provider(interfaces={"openapi": {"models": {"m": None, "n": None}}}),
            "fallbacks": [{"m": ["a"]}],
            "aliases": {"a": "n"},
        },
        ["providers.p.interfaces.openapi"],
        id="an alias and a fallback to models of an interface that is written wrong",
    ),
    pytest.param(
        {**provider(interfaces={"openapi": {"models": {"gpt-*": None}}}), "aliases": {"a": "gpt-5"}},
        ["providers.p.interfaces.openapi"],
        id="an alias to one of many models under a pattern",
    ),
    pytest.param(
        {"provider": {"p": GOOD}, "aliases": {"a": "m"}},
        ["provider"],
        id="an alias to a model in a section written wrong",
    ),
    pytest.param(
        {**provider(**GOOD, access_groups="General"), "keys": {"k": {"models": ["General"]}}},
        ["providers.p.access_groups"],
        id="a key for an access group of a list written as text",
    ),
    pytest.param(
        {"users": {"u": {"models": "m"}}}, ["users.u.models"], id="a user without the models that are no list"
    ),
    pytest.param(
        {"keys": {"k": {"model": ["m"]}}}, ["keys.k.model"], id="a key without the models that are written wrong"
    ),
    pytest.param(
        {"users": {"u": []}, "keys": {"k": {"user": "u", "models": ["all-proxy-models"]}}},
        ["users.u"],
        id="a key of a user that is no object",
    ),
    pytest.param(
        {**provider(**GOOD), "aliases": {"a": ["m"]}, "fallbacks": [{"a": ["m"]}]},
        ["aliases.a"],
        id="a fallback of an alias that is a list",
    ),
    pytest.param(
        {"providers": {"p": [], "q": {"$extend": "p"}}}, ["providers.p"], id="what extends a provider that is no object"
    ),
    pytest.param(
        {"providers": {"q": {**GOOD, "requires_key": "no"}}},
        ["providers.q.requires_key"],
        id="no key for a provider that says it needs none, though in text",
    ),
    pytest.param(
        {"providers": {"q": {**GOOD, "require_key": False}}},
        ["providers.q.require_key"],
        id="no key for a provider that says it needs none, though under a key written wrong",
    ),
    pytest.param(
        {"providers": {"b": {"template": "yes", "models": {"m": None}}}},
        ["providers.b.template"],
        id="no key and no interface for a template that says so in text",
    ),
    pytest.param(
        {"providers": {"b": {"template": True, "interfaces": []}, "q": {"$extend": "b", "models": {"m": None}}}},
        ["providers.b.interfaces", "providers.q"],
        id="no interface for a provider that inherits a list of them, but its lack of a key stays",
    ),
    pytest.param(
        provider(
            requires_key=False,
            interfaces={"openai": {"models": {"a": {"upstream_name": "u", "deployment": 1}, "u": {"model_name": "a"}}}},
        ),
        ["providers.p.interfaces.openai.models.a.deployment"],
        id="one identity twice when a suffix is a number",
    ),
]


@pytest.mark.parametrize(("document", "paths"), ECHOES)
def test_what_is_missing_only_because_it_is_written_wrong_is_told_once(
    resolve_documents: Resolve, document: JsonObject, paths: list[str]
) -> None:
    with pytest.raises(CatalogError) as error:
        resolve_documents(document, keys={"p"})
    assert [problem.path for problem in error.value.problems] == paths


def _places(value: JsonValue, path: Path = ()) -> Iterator[Path]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from _places(child, (*path, step))


def _broken(place: Path) -> Iterator[JsonObject]:
    """The original's catalog, with users and keys, wrong at one place: another type each time, then another key."""
    for replacement in (lambda _: 5, lambda _: None, json.dumps, lambda value: [value], None):
        document: JsonObject = json.loads((FIXTURES / "original.config.json").read_text())
        document["users"] = {"u": {"models": ["General"]}}
        document["teams"] = {"t": {"models": ["General"], "members": {"u": {"role": "user"}}}}
        document["budgets"] = {"b": {"max_budget": 5}}
        document["keys"] = {"k": {"user": "u", "team": "t", "budget": "b", "models": ["General", "claude-sonnet-4-6"]}}
        holder = value_at(document, place[:-1])
        if replacement is not None:
            holder[place[-1]] = replacement(holder[place[-1]])  # type: ignore[index]  # holds the place
        elif isinstance(holder, dict):
            key = str(place[-1])
            holder[f"{key[:-1]}z"] = holder.pop(key)
        yield document


def test_no_single_fault_of_structure_anywhere_in_a_real_catalog_has_an_echo() -> None:
    original: JsonObject = json.loads((FIXTURES / "original.config.json").read_text())
    tried = 0
    accounts: JsonObject = {
        "users": {"u": {"models": []}},
        "teams": {"t": {"models": [], "members": {"u": {"role": "user"}}}},
        "budgets": {"b": {"max_budget": 5}},
        "keys": {"k": {}},
    }
    for place in filter(None, _places({**original, **accounts})):
        for document in _broken(place):
            layer = Layer(path="catalog.json", document=document)
            expected = check_layer(layer).problems
            if expected:
                tried += 1
                with pytest.raises(CatalogError) as error:
                    resolve([layer], providers_with_key=lambda _: True, skip_providers_without_key=False)
                assert error.value.problems == tuple(dict.fromkeys(expected)), place
    assert tried > 100


def test_base_for_a_lower_list_that_is_none_is_no_second_fault(resolve_documents: Resolve) -> None:
    upper: JsonObject = {"fallbacks": [{"m": ["$base"]}]}
    with pytest.raises(CatalogError) as error:
        resolve_documents({**GOOD_CATALOG, "fallbacks": [{"m": "n"}]}, upper)
    assert [problem.path for problem in error.value.problems] == ["fallbacks[0].m"]
    with pytest.raises(CatalogError, match=r"no lower file has a fallback list"):
        resolve_documents(GOOD_CATALOG, upper)


def test_wrong_structure_in_one_place_hides_no_wrong_meaning_in_another(resolve_documents: Resolve) -> None:
    document: JsonObject = {"providers": {"a": {"$extend": "nope", "wokers": 1}}, "aliases": {"x": "nothing"}}
    with pytest.raises(CatalogError) as error:
        resolve_documents(document, keys=set())
    assert [problem.path for problem in error.value.problems] == [
        "providers.a.wokers",
        "providers.a.$extend",
        "providers.a",
        "aliases.x",
    ]


def test_what_another_file_gives_at_that_place_is_checked(resolve_documents: Resolve) -> None:
    overlay: JsonObject = {"users": {"u": {"models": ["nothing"]}}}
    with pytest.raises(CatalogError) as error:
        resolve_documents({"users": {"u": {"models": 5}}}, overlay)
    assert [problem.found for problem in error.value.problems] == [
        "a number",
        '"nothing", which is no model name, alias or access group',
    ]


def test_what_was_taken_out_is_never_printed() -> None:
    assert "sk-local" not in repr(hole_at(("providers", "p"), "p", {"api_key": ["sk-local"]}))
