"""The list of the tests that `make test` leaves out names tests that there are, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.long_tests import LIST, is_long, listed

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("line", sorted(listed()))
def test_each_line_names_a_test_that_there_is(line: str) -> None:
    path, _, name = line.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"def {name.partition('[')[0] or 'test_'}" in text


def test_no_line_is_within_another() -> None:
    assert [line for line in listed() if is_long(line, listed() - {line})] == []


def test_the_list_is_in_order() -> None:
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(lines)


def test_no_test_is_called_long_elsewhere() -> None:
    mark = ".".join(("pytest", "mark", "slow"))
    places = {path.name for path in (ROOT / "tests").rglob("*.py") if mark in path.read_text(encoding="utf-8")}
    assert places == {"conftest.py"}


def test_a_test_is_long_by_its_file_its_name_or_its_case() -> None:
    for name in ("a.py", "a.py::b", "a.py::b[c]"):
        assert is_long("a.py::b[c]", {name})
    assert not is_long("a.py::b[d]", {"a.py::b[c]", "a.py::bb"})
