"""A part comes by its first choice or its fallback, and what is kept of either is taken as it is."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from operations.cache import Cache
from operations.errors import OperationsError
from operations.progress import Board
from operations.ways import Way, obtain


def never(_: Path) -> None:
    raise AssertionError("nothing is to be made")


def fails(_: Path) -> None:
    raise OperationsError("no such plugin")


def made(folder: Path) -> None:
    (folder / "made").touch()


def obtained(tmp_path: Path, first: Way, fallback: Way, *, reaches: bool | None) -> tuple[Way, str]:
    def ask() -> bool:
        assert reaches is not None, "nobody is to be asked"
        return reaches

    said = io.StringIO()
    with Board(Console(file=said)) as board, board.part("part") as part:
        path, way = obtain(first, fallback, cache=Cache(tmp_path), reaches=ask, part=part)
    assert (path / "made").exists()
    return way, said.getvalue()


@pytest.mark.parametrize(("first", "reaches", "why"), [(fails, True, "no such plugin"), (never, False, "within reach")])
def test_the_fallback_says_why_and_is_kept(
    tmp_path: Path, first: Callable[[Path], None], reaches: bool, why: str
) -> None:
    official, ours = Way("official", "kind", "a", first), Way("ours", "kind", "b", made)

    way, said = obtained(tmp_path, official, ours, reaches=reaches)
    assert (way, said.startswith("part: ours ("), why in said) == (ours, True, True)

    way, said = obtained(tmp_path, official, Way("ours", "kind", "b", never), reaches=None)
    assert (way.words, said) == ("ours", "part: ours (cached)\n")


def test_the_first_choice_is_taken_where_both_are_kept(tmp_path: Path) -> None:
    official, ours = Way("official", "kind", "a", made), Way("ours", "kind", "b", made)
    obtained(tmp_path, official, ours, reaches=False)
    Cache(tmp_path).entry("kind", "a", made)

    assert obtained(tmp_path, official, ours, reaches=None) == (official, "part: official (cached)\n")
