"""Overlays: what merges, what replaces, and what `$base` stands for."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.merging import deep_merge, merge_layers, take_api_keys

QUICK = settings(max_examples=40, deadline=None)
KEYS = st.sampled_from("abc")
NUMBERS: st.SearchStrategy[JsonValue] = st.integers(0, 3)
PLAIN: st.SearchStrategy[JsonValue] = st.none() | st.booleans() | NUMBERS | st.lists(NUMBERS, max_size=2)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    PLAIN, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
OBJECTS: st.SearchStrategy[JsonObject] = st.dictionaries(KEYS, VALUES, max_size=3)
# The same key always holds the same kind, as in a catalog: o* an object, p* anything else.
INNER: st.SearchStrategy[JsonObject] = st.fixed_dictionaries({}, optional={"p1": PLAIN, "p2": PLAIN})
SHAPED: st.SearchStrategy[JsonObject] = st.fixed_dictionaries({}, optional={"o1": INNER, "o2": INNER, "p1": PLAIN})


@QUICK
@given(OBJECTS)
def test_an_empty_overlay_changes_nothing_and_over_nothing_all_stays(document: JsonObject) -> None:
    assert deep_merge(document, {}) == document == deep_merge({}, document)


@QUICK
@given(OBJECTS)
def test_merging_a_document_over_itself_changes_nothing(document: JsonObject) -> None:
    assert deep_merge(document, document) == document


@QUICK
@given(OBJECTS, OBJECTS)
def test_merging_the_same_overlay_twice_is_merging_it_once(lower: JsonObject, upper: JsonObject) -> None:
    once = deep_merge(lower, upper)
    assert deep_merge(once, upper) == once


@QUICK
@given(SHAPED, SHAPED, SHAPED)
def test_merging_is_associative_where_a_key_keeps_its_kind(one: JsonObject, two: JsonObject, three: JsonObject) -> None:
    assert deep_merge(deep_merge(one, two), three) == deep_merge(one, deep_merge(two, three))


def test_merging_is_not_associative_where_a_key_changes_its_kind() -> None:
    one: JsonObject = {"k": {"x": 1}}
    two: JsonObject = {"k": None}
    three: JsonObject = {"k": {"y": 1}}
    assert deep_merge(deep_merge(one, two), three) == {"k": {"y": 1}}
    assert deep_merge(one, deep_merge(two, three)) == {"k": {"x": 1, "y": 1}}


@QUICK
@given(OBJECTS, OBJECTS)
def test_merging_changes_neither_input_and_shares_nothing_with_them(lower: JsonObject, upper: JsonObject) -> None:
    before = copy.deepcopy((lower, upper))
    _empty_deeply(deep_merge(lower, upper))
    assert (lower, upper) == before


@QUICK
@given(OBJECTS, OBJECTS)
def test_every_value_of_the_overlay_that_is_no_object_is_in_the_result(lower: JsonObject, upper: JsonObject) -> None:
    merged = deep_merge(lower, upper)
    assert {key: merged[key] for key, value in upper.items() if not isinstance(value, dict)} == {
        key: value for key, value in upper.items() if not isinstance(value, dict)
    }


def test_lists_and_null_replace_and_objects_merge_at_any_depth() -> None:
    lower: JsonObject = {"a": {"list": [1, 2], "gone": {"x": 1}, "kept": 1}}
    upper: JsonObject = {"a": {"list": [3], "gone": None}}
    assert deep_merge(lower, upper) == {"a": {"list": [3], "gone": None, "kept": 1}}


def _layers(*documents: JsonObject) -> list[Layer]:
    return [Layer(path=f"{index}.json", document=document) for index, document in enumerate(documents)]


def test_base_stands_for_the_lower_list_of_the_same_model_wherever_it_is_written() -> None:
    lower: JsonObject = {"fallbacks": [{"m": ["a", "b"]}, {"n": ["c"]}]}
    upper: JsonObject = {"fallbacks": [{"m": ["x", "$base", "y"]}]}
    merged, faults = merge_layers(_layers(lower, upper))
    assert merged == {"fallbacks": [{"m": ["x", "a", "b", "y"]}]}
    assert faults == []


def test_base_of_a_third_file_stands_for_what_the_two_below_made_of_it() -> None:
    lowest: JsonObject = {"fallbacks": [{"m": ["a"]}]}
    middle: JsonObject = {"fallbacks": [{"m": ["b", "$base"]}]}
    uppermost: JsonObject = {"fallbacks": [{"m": ["c", "$base"]}]}
    merged, _ = merge_layers(_layers(lowest, middle, uppermost))
    assert merged == {"fallbacks": [{"m": ["c", "b", "a"]}]}


def test_an_overlay_without_fallbacks_keeps_them_and_an_empty_list_clears_them() -> None:
    lower: JsonObject = {"fallbacks": [{"m": ["a"]}]}
    assert merge_layers(_layers(lower, {}))[0] == lower
    assert merge_layers(_layers(lower, {"fallbacks": []}))[0] == {"fallbacks": []}


def test_base_with_nothing_below_names_the_file_that_wrote_it() -> None:
    _, faults = merge_layers(_layers({}, {"fallbacks": [{"m": ["$base"]}]}, {"fallbacks": [{"m": ["a"]}]}))
    assert [(file, fault.path) for file, fault in faults] == [("1.json", ("fallbacks", 0, "m"))]


def test_keys_are_taken_out_of_the_layers_and_never_print_themselves() -> None:
    layer = Layer(path="local.json", document={"providers": {"p": {"api_key": "sk-1"}}}, is_local=True)
    keyless, keys = take_api_keys([layer])
    assert keyless[0].document == {"providers": {"p": {}}}
    assert keys["p"].reveal() == "sk-1"
    assert "sk-1" not in f"{keys} {keys['p']} {layer!r}"


def test_an_empty_key_is_no_key() -> None:
    _, keys = take_api_keys([Layer(path="l", document={"providers": {"p": {"api_key": ""}}}, is_local=True)])
    assert keys == {}


def _empty_deeply(value: JsonValue) -> None:
    if isinstance(value, dict):
        for child in value.values():
            _empty_deeply(child)
        value.clear()
    elif isinstance(value, list):
        value.clear()
