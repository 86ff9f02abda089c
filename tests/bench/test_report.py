"""The bench's figures: medians, and ratios to the rows that they name."""

import io

from rich.console import Console

from tests.bench.report import Measured, table_of

EMPTY = Measured("empty", [1.0, 9.0, 2.0])
OURS = Measured("ours", [5.0], (EMPTY,))


def test_one_slow_round_does_not_change_the_figure() -> None:
    assert EMPTY.median == 2.0


def test_a_ratio_is_to_the_median_of_the_floor() -> None:
    assert OURS.ratios == (2.5,)


def test_the_table_says_to_which_row_a_ratio_is() -> None:
    printed = io.StringIO()

    Console(file=printed, width=120).print(table_of([EMPTY, OURS]))

    assert "2.5 × row 1" in printed.getvalue()
    assert "1.0 – 9.0 s" in printed.getvalue()
