"""What the original has is found in its files and in the shell; what cannot be read is told without a value."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.errors import OperationsError
from operations.moving import originals


def clone(folder: Path, files: Mapping[str, str | bytes]) -> str:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(folder)


ENV = {".env": "DB_USER=a\n"}


def test_each_file_that_is_there_is_read_and_of_the_shell_what_the_tools_read(tmp_path: Path) -> None:
    files = {
        ".env": "DB_USER=a\nOTHER=b\n",
        "monitoring/.env": "NETDATA_HOST=n.example.com\n",
        "litellm_scripts/.env": "LITELLM_API_KEY=sk-x\n",
        "litellm_scripts/config.json": "{}",
        "litellm_scripts/config.local.json": '{"aliases": {}}',
    }
    environment = {"PORTAINER_URL": "https://p", "S3_SECRET_KEY": "s", "DB_PASSWORD": "of another program", "HOME": "/"}

    found = originals.read(clone(tmp_path, files), environment)

    assert [(each.name, each.places) for each in found.variables] == [
        ("DB_USER", (".env",)),
        ("OTHER", (".env",)),
        ("NETDATA_HOST", ("monitoring/.env",)),
        ("LITELLM_API_KEY", ("litellm_scripts/.env",)),
        ("PORTAINER_URL", ("shell",)),
        ("S3_SECRET_KEY", ("shell",)),
    ]
    assert (found.catalog, found.base_catalog) == ({"aliases": {}}, {})


@pytest.mark.parametrize("name", [".env", "monitoring/.env", "litellm_scripts/config.local.json"])
def test_a_single_file_may_be_named(tmp_path: Path, name: str) -> None:
    clone(
        tmp_path, {".env": "DB_USER=a", "monitoring/.env": "NETDATA_HOST=n", "litellm_scripts/config.local.json": "{}"}
    )

    found = originals.read(str(tmp_path / name), {})

    assert [each.places for each in found.variables] == ([(name,)] if name.endswith(".env") else [])
    assert (found.catalog is None) is name.endswith(".env")


def test_the_last_of_two_lines_counts_and_that_is_said(tmp_path: Path) -> None:
    found = originals.read(clone(tmp_path, {".env": "DB_USER=a\nDB_NAME=n\nDB_USER=b\nDB_NAME=n\n"}), {})

    assert [(each.value, each.places) for each in found.variables] == [
        ("b", (".env, the last one, in line 3",)),
        ("n", (".env",)),
    ]


def test_one_value_in_two_places_is_one_and_an_empty_one_counts_for_nothing(tmp_path: Path) -> None:
    files = {".env": "NETDATA_HOST=n\nDB_USER=\n", "monitoring/.env": "NETDATA_HOST=n\nDB_USER=a\n"}

    found = originals.read(clone(tmp_path, files), {})

    assert {each.name: (each.value, each.places) for each in found.variables} == {
        "NETDATA_HOST": ("n", (".env", "monitoring/.env")),
        "DB_USER": ("a", ("monitoring/.env",)),
    }


@pytest.mark.parametrize(
    ("files", "environment", "words"),
    [
        ({".env": "A=1\nmark'er x\n"}, {}, ".env line 2: found what is no NAME=value"),
        ({".env": b"A=\xff"}, {}, "found byte 2, which is no UTF-8"),
        (
            {".env": "NETDATA_HOST=marker1", "monitoring/.env": "NETDATA_HOST=marker2"},
            {},
            "NETDATA_HOST: found different values in .env, monitoring/.env; allowed is one;",
        ),
        (
            {"litellm_scripts/.env": "LITELLM_API_KEY=marker1"},
            {"LITELLM_API_KEY": "marker2"},
            "LITELLM_API_KEY: found different values in litellm_scripts/.env, shell",
        ),
        (
            {"litellm_scripts/config.local.json": '{"marker": '},
            {},
            "litellm_scripts/config.local.json: line 1, column 12: found no JSON",
        ),
    ],
)
def test_what_cannot_be_read_is_told_without_a_value(
    tmp_path: Path, files: Mapping[str, str | bytes], environment: Mapping[str, str], words: str
) -> None:
    with pytest.raises(OperationsError) as told:
        originals.read(clone(tmp_path, files), environment)

    assert words in str(told.value)
    assert "mark" not in str(told.value).replace(str(tmp_path), "").replace("quotation marks", "")


@pytest.mark.parametrize("origin", [None, "", "empty", "nowhere"])
def test_where_nothing_of_the_original_is_says_what_to_type(tmp_path: Path, origin: str | None) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperationsError, match=r"^FROM: found .*; allowed is .*; type: make take-over FROM="):
        originals.read(str(tmp_path / origin) if origin else origin, {})


def test_no_value_shows_where_the_object_is(tmp_path: Path) -> None:
    files = {
        ".env": "DB_PASSWORD=marker",
        "litellm_scripts/config.local.json": '{"providers": {"a": {"api_key": "marker"}}}',
    }

    assert "marker" not in repr(originals.read(clone(tmp_path, files), {}))
