"""Files into layers: strict JSON, and which files there are."""

from pathlib import Path

import pytest

from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.loading import CatalogFile, catalog_files, load, parse


def test_the_files_of_an_environment_are_base_overlay_and_where_allowed_the_local_ones() -> None:
    def names(*, with_local: bool) -> list[tuple[str, bool]]:
        files = catalog_files(Path("catalog"), "dev", with_local=with_local)
        return [(str(file.path), file.is_local) for file in files]

    committed = [("catalog/catalog.json", False), ("catalog/dev.json", False)]
    assert names(with_local=False) == committed
    assert names(with_local=True) == [
        *committed,
        ("catalog/config.local.json", True),
        ("catalog/local.json", True),
    ]


def test_only_a_local_overlay_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text("{}")
    present = CatalogFile(path=tmp_path / "catalog.json")
    local = CatalogFile(path=tmp_path / "local.json", is_local=True)
    assert [layer.path for layer in load([present, local])] == [f"{tmp_path.name}/catalog.json"]
    with pytest.raises(CatalogError) as error:
        load([CatalogFile(path=tmp_path / "prod.json")])
    assert str(error.value) == (
        f"{tmp_path.name}/prod.json: found no such file; allowed: a catalog file; "
        "to do: create it; an overlay that changes nothing is {}"
    )


def test_problems_of_several_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text('{"provider": {}}')
    with pytest.raises(CatalogError) as error:
        load([CatalogFile(path=tmp_path / name) for name in ("a.json", "b.json")])
    assert [(Path(problem.file).name, problem.path) for problem in error.value.problems] == [
        ("a.json", "line 1, column 2"),
        ("b.json", "provider"),
    ]


def test_a_key_that_stands_twice_hides_no_other_fault_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"aliases": {"a": "m", "a": 5}, "provider": {}}')
    with pytest.raises(CatalogError) as error:
        load([CatalogFile(path=tmp_path / "a.json")])
    assert [problem.path for problem in error.value.problems] == ["aliases.a", "aliases.a", "provider"]


def test_wrong_structure_alone_is_left_to_the_stage_that_tells_wrong_meaning_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"provider": {}}')
    assert load([CatalogFile(path=tmp_path / "a.json")])[0].document == {"provider": {}}


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf{}")
    assert load([CatalogFile(path=tmp_path / "a.json")])[0].document == {}


@pytest.mark.parametrize(
    ("content", "found"),
    [(b'{"aliases": "\xff"}', "byte 13, which is no UTF-8"), (None, "a file that cannot be read (Is a directory)")],
)
def test_a_file_that_cannot_be_read_as_text_is_a_problem(tmp_path: Path, content: bytes | None, found: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content) if content is not None else path.mkdir()
    with pytest.raises(CatalogError) as error:
        load([CatalogFile(path=path)])
    assert [problem.found for problem in error.value.problems] == [found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{\n  "aliases": {"a" "b"}\n}',
            "c.json: line 2, column 19: found no JSON: Expecting ':' delimiter; allowed: JSON; "
            "to do: correct the text at that place",
        ),
        ("[]", "c.json: found a list; allowed: an object; to do: put the catalog into braces"),
        (
            '{"aliases": {"a": "m", "b": "m", "a": "n"}}',
            'c.json: aliases.a: found the key "a" more than once; allowed: each key once; to do: remove all but one',
        ),
        (
            '{"fallbacks": [{"m": ["n"], "m": []}]}',
            'c.json: fallbacks[0].m: found the key "m" more than once; allowed: each key once; '
            "to do: remove all but one",
        ),
        (
            '{"router_settings": {"timeout": NaN}}',
            "c.json: found the number NaN; allowed: JSON; to do: write a finite number, or a string",
        ),
        (
            '{"router_settings": {"timeout": 1e999}}',
            "c.json: found the number 1e999; allowed: JSON; to do: write a finite number, or a string",
        ),
        (
            "[" * 100_000,
            "c.json: found nesting or a number beyond all measure; allowed: a catalog; to do: correct the text",
        ),
    ],
)
def test_text_that_is_no_strict_json_is_refused_with_its_place(text: str, expected: str) -> None:
    _, problems = parse(text, "c.json")
    assert [str(problem) for problem in problems] == [expected]


def test_nesting_that_no_catalog_has_is_refused() -> None:
    _, problems = parse('{"a": ' + "[" * 60 + "]" * 60 + "}", "c.json")
    assert [problem.found for problem in problems] == ["too many levels"]
