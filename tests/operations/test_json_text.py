"""A value goes into a JSON file where it belongs, and no other line of the file changes."""

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from operations.json_text import with_appended, with_value

DEV = (Path(__file__).parents[2] / "catalog" / "dev.json").read_text(encoding="utf-8")
NAMES = st.sampled_from(["a", "b", 'q"uo\\te', "ü"])
SCALARS = st.none() | st.integers(0, 9) | st.sampled_from(["x", "{", '"', "[1,"]) | st.lists(st.integers(0, 9))
OBJECTS = st.recursive(
    st.dictionaries(NAMES, SCALARS, max_size=3), lambda inner: st.dictionaries(NAMES, inner | SCALARS, max_size=3)
)


def merged(lower: JsonValue, upper: JsonValue) -> JsonValue:
    if isinstance(lower, dict) and isinstance(upper, dict):
        return {**lower, **{name: merged(lower.get(name), value) for name, value in upper.items()}}
    return upper


def added(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [line[2:] for line in lines if line.startswith("- ")], [line[2:] for line in lines if line.startswith("+ ")]


def test_a_new_model_is_lines_of_its_own_and_the_comma_before_them() -> None:
    path = ("providers", "mock", "interfaces", "openai", "models", "new")
    after = with_value(DEV, path, {"model_name": "n", "access_groups": ["G"]})
    gone, new = added(DEV, after)
    assert gone == []
    assert '                        "new": {' in new
    assert len(new) == 6
    assert json.loads(after)["providers"]["mock"]["interfaces"]["openai"]["models"]["new"]["model_name"] == "n"


def test_an_entry_of_a_list_is_one_line() -> None:
    gone, new = added(DEV, with_appended(DEV, ("fallbacks",), {"a": ["b"]}))
    assert gone == ['        {"mock-large": ["mock-small"]}']
    assert new == ['        {"mock-large": ["mock-small"]},', '        {"a": ["b"]}']


@pytest.mark.parametrize("text", ["{}", "{}\n", "{ }\n", '{"a": {}}\n', '{\n  "x": []\n}\n'])
def test_files_that_hold_nothing_yet_are_filled_in_their_own_indent(text: str) -> None:
    after = with_value(text, ("a", "b"), 1)
    assert json.loads(after) == {**json.loads(text), "a": {"b": 1}}
    assert after.endswith("\n") == text.endswith("\n")


def test_a_list_that_is_empty_or_missing() -> None:
    assert json.loads(with_appended('{"l": [ ]}', ("l",), 1)) == {"l": [1]}
    with pytest.raises(ValueError, match="no list at m"):
        with_appended('{"l": []}', ("m",), 1)
    with pytest.raises(ValueError, match="no object"):
        with_value('{"l": []}', ("l", "x"), 1)


@given(OBJECTS, st.lists(NAMES, min_size=1, max_size=3), OBJECTS | SCALARS, st.sampled_from([None, 1, 4]))
def test_any_value_at_any_place_reads_back_as_a_merge(
    document: dict[str, JsonValue], path: list[str], value: JsonValue, indent: int | None
) -> None:
    text = json.dumps(document, indent=indent)
    wanted: JsonValue = value
    for name in reversed(path):
        wanted = {name: wanted}
    leads_through = document
    for name in path[:-1]:
        found = leads_through.get(name, {})
        if not isinstance(found, dict):
            with pytest.raises(ValueError, match="no object"):
                with_value(text, tuple(path), value)
            return
        leads_through = found
    assert json.loads(with_value(text, tuple(path), value)) == merged(document, wanted)
