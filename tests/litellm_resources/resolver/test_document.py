"""Places in documents, and which file a value came from."""

import pytest

from litellm_resources.resolver.document import JsonObject, Layer, Path, file_of, has_path, leaf_paths, render_path
from litellm_resources.resolver.errors import CatalogError, Problem

DOCUMENT: JsonObject = {"a": {"b": [{"c": None}], "d": {}}, "e": 1}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("providers", "x", "$extend"), "providers.x.$extend"),
        (("fallbacks", 0, "claude-opus-4-6"), "fallbacks[0].claude-opus-4-6"),
        (("models", "gpt-5.1", "model_info"), 'models["gpt-5.1"].model_info'),
        (("models", 'a"b', "ö"), 'models["a\\"b"]["ö"]'),
    ],
)
def test_a_path_is_written_so_that_no_key_can_be_taken_for_two(path: Path, text: str) -> None:
    assert render_path(path) == text


def test_null_is_a_value_and_what_is_not_there_is_none() -> None:
    assert has_path(DOCUMENT, ("a", "b", 0, "c"))
    assert not any(has_path(DOCUMENT, path) for path in [("a", "b", 1), ("a", 0), ("e", "x"), ("a", "b", "c")])


def test_leaves_are_all_that_is_no_filled_object_and_a_list_is_one() -> None:
    assert list(leaf_paths(DOCUMENT)) == [("a", "b"), ("a", "d"), ("e",)]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        (("a", "x"), "upper"),
        (("a", "y"), "lower"),
        (("a", "inherited"), "upper"),
        (("b",), "lower"),
        (("nowhere",), "upper"),
    ],
)
def test_a_value_is_blamed_on_the_uppermost_file_that_holds_most_of_its_path(path: Path, file: str) -> None:
    lower = Layer(path="lower", document={"a": {"x": 1, "y": 1}, "b": 1})
    upper = Layer(path="upper", document={"a": {"x": 2}})
    assert file_of([lower, upper], path) == file


def test_an_error_says_the_same_thing_once() -> None:
    problem = Problem("f", "p", "a", "b", "c")
    assert str(CatalogError([problem, problem])) == "f: p: found a; allowed: b; to do: c"
