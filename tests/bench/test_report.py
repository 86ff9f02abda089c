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


def test_the_table_says_to_what_a_ratio_is_and_whether_the_goal_was_kept() -> None:
    printed = io.StringIO()
    kept, missed = (Measured(f"ours, at most {goal}", [5.0], (EMPTY,), goal) for goal in (5.0, 4.9))

    Console(file=printed, width=160).print(table_of([EMPTY, kept, missed]))

    assert printed.getvalue().count("2.50 × empty") == 2
    assert "1.00 – 9.00 s" in printed.getvalue()
    assert "5.00 s: kept" in printed.getvalue()
    assert "4.90 s: missed" in printed.getvalue()
