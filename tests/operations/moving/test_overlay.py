"""The original's `config.local.json` is taken apart into keys and catalog, and the catalog goes where it fits."""

import json
from pathlib import Path

import pytest

from litellm_resources.resolver.document import JsonObject, Layer
from operations.errors import OperationsError
from operations.moving import catalog_rest, overlay
from operations.moving.originals import Originals

LABEL = "catalog/prod.json"
MODEL: JsonObject = {"api_base": "https://a.example.com", "interfaces": {"openai": {"models": {"m": None}}}}
LOWER = Layer(path="catalog/catalog.json", document={"providers": {"a": MODEL}, "fallbacks": [{"m": ["n"]}]})


def merged(rest: JsonObject, own: JsonObject | None = None, lower: Layer = LOWER) -> overlay.Merged:
    return overlay.merge(rest, own or {}, lower=lower, label=LABEL)


def test_keys_are_parted_from_the_rest_and_what_held_only_a_key_is_gone() -> None:
    document: JsonObject = {
        "$schema": "./config.schema.json",
        "providers": {"a": {"api_key": "marker"}, "b": {"api_key": "", "access_groups": ["G"]}, "c": {"api_base": "u"}},
        "aliases": {"x": "m"},
    }

    found = overlay.take_apart(document, "config.local.json")

    assert found.keys == {"a": "marker", "b": ""}
    assert found.rest == {"providers": {"b": {"access_groups": ["G"]}, "c": {"api_base": "u"}}, "aliases": {"x": "m"}}
    assert "marker" not in repr(found)


def test_a_file_of_keys_alone_leaves_nothing() -> None:
    assert overlay.take_apart({"providers": {"a": {"api_key": "k"}}}, "config.local.json").rest == {}


def test_a_key_that_is_no_text_is_refused_with_its_place() -> None:
    with pytest.raises(OperationsError, match=r"^config.local.json: providers.a.api_key: found a number; allowed is"):
        overlay.take_apart({"providers": {"a": {"api_key": 5}}}, "config.local.json")


def test_the_rest_is_merged_over_the_overlay_and_a_second_time_adds_nothing() -> None:
    rest: JsonObject = {"providers": {"a": {"access_groups": ["G"]}}, "aliases": {"x": "m"}}

    once = merged(rest, {"$schema": "./catalog.schema.json", "aliases": {"y": "m"}})
    twice = merged(rest, once.document)

    assert once.added == ("providers.a.access_groups", "aliases.x")
    assert once.document["aliases"] == {"y": "m", "x": "m"}
    assert (twice.added, twice.differing, twice.faults, twice.document) == ((), (), (), once.document)


@pytest.mark.parametrize(
    ("own", "differing"),
    [
        ({"aliases": {"x": "other"}}, ("aliases.x",)),
        ({"fallbacks": [{"m": ["a"]}]}, ("fallbacks",)),
        ({"providers": {"a": {"access_groups": ["G", "H"]}}}, ("providers.a.access_groups",)),
    ],
)
def test_a_place_with_something_else_is_named(own: JsonObject, differing: tuple[str, ...]) -> None:
    rest: JsonObject = {
        "providers": {"a": {"access_groups": ["G"]}},
        "aliases": {"x": "m"},
        "fallbacks": [{"m": ["$base", "x"]}],
    }

    assert merged(rest, own).differing == differing


@pytest.mark.parametrize(
    ("rest", "fault"),
    [
        (
            {
                "providers": {
                    "a": {"interfaces": {"openai": {"models": {"m": {"litellm_params": {"api_key": "marker"}}}}}}
                }
            },
            "found what looks like a secret, in a committed file",
        ),
        ({"aliases": {"x": "nobody"}}, 'aliases.x: found "nobody"'),
        ({"nonsense": {}}, 'nonsense: found the unknown key "nonsense"'),
    ],
)
def test_what_does_not_fit_is_told_without_a_value(rest: JsonObject, fault: str) -> None:
    (first, *_) = merged(rest).faults

    assert first.startswith(f"{LABEL}: ")
    assert fault in first
    assert "marker" not in "".join(merged(rest).faults)


def test_a_mistake_that_the_catalog_had_before_is_none_of_the_rest() -> None:
    broken = Layer(path="catalog/catalog.json", document={"aliases": {"y": "nobody"}})

    assert merged({"users": {"u": {"models": ["y"]}}}, lower=broken).faults == ()


def catalog(folder: Path, base: JsonObject, own: JsonObject) -> Path:
    (folder / "catalog.json").write_text(json.dumps(base))
    (folder / "prod.json").write_text(json.dumps(own))
    return folder


def test_the_overlay_of_the_stack_is_written_as_json_that_people_read(tmp_path: Path) -> None:
    folder = catalog(tmp_path, LOWER.document, {"$schema": "./catalog.schema.json"})
    local = overlay.take_apart({"aliases": {"é": "m"}}, "config.local.json")

    rest = catalog_rest.read(Originals((), {}, None), local, folder, "prod")
    rest.write()

    assert rest.is_to_do(overwrite=False)
    text = (folder / "prod.json").read_text(encoding="utf-8")
    assert text == '{\n    "$schema": "./catalog.schema.json",\n    "aliases": {\n        "é": "m"\n    }\n}\n'
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.json", "prod.json"]
    again = catalog_rest.read(Originals((), {}, None), local, folder, "prod")
    assert not again.is_to_do(overwrite=True)
    (line,) = again.lines()
    assert line.startswith("there already ")


@pytest.mark.parametrize(
    ("base", "beginning"), [({"$schema": "x", **LOWER.document}, "there already "), ({}, "not taken ")]
)
def test_the_original_catalog_itself_is_compared_with_ours(tmp_path: Path, base: JsonObject, beginning: str) -> None:
    (line,) = catalog_rest.read(Originals((), None, base), None, catalog(tmp_path, LOWER.document, {}), "prod").lines()

    assert line.startswith(beginning)


def test_what_is_not_taken_changes_nothing_even_where_it_may_replace(tmp_path: Path) -> None:
    folder = catalog(tmp_path, LOWER.document, {"aliases": {"x": "m"}})
    local = overlay.take_apart({"aliases": {"x": "nobody"}}, "config.local.json")

    rest = catalog_rest.read(Originals((), {}, None), local, folder, "prod")

    assert not rest.is_to_do(overwrite=True)
    assert not rest.differs
    assert next(rest.lines()).startswith("not taken ")
