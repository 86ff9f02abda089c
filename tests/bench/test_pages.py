"""The pages of the figures."""

from __future__ import annotations

import json

from tests.bench.pages import BEGIN, DATA, END, PAGE, PLOT, plot, with_tables

FIGURES = {
    "machine": "a machine",
    "objects": {"100": [dict.fromkeys(("what", "median", "from – to", "rounds", "ratio", "goal"), "x")]},
    "whole": [],
    "calls": {"100": 5},
    "failed": {"1.81.12": [{"asked": 10, "failed": 1, "first": []}, {"asked": 20, "failed": 0, "first": []}]},
    "curve": [
        {"models": 100, "milliseconds_to_make_one": 5.0, "milliseconds_to_look_at_one": 4.0, "mebibytes": 66.0},
    ],
}


def test_new_tables_take_the_place_of_the_old_and_the_text_around_stays() -> None:
    once = with_tables(f"before\n{BEGIN}old\n{END}after\n", FIGURES)
    assert with_tables(once, FIGURES) == once
    assert once.startswith("before\n")
    assert once.endswith("after\n")
    assert "old" not in once
    assert "| 1.81.12 | 2 | 30 | 1 |" in once


def test_the_page_shows_the_figures_that_are_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    figures = json.loads(DATA.read_text(encoding="utf-8"))
    assert with_tables(page, figures) == page
    assert PLOT.exists()


def test_the_plot_has_a_line_and_its_points_for_each_of_the_two() -> None:
    curve = [{"models": n, "milliseconds_to_make_one": 5.0, "milliseconds_to_look_at_one": 4.0} for n in (100, 500)]
    drawn = plot(curve)
    assert drawn.count("<polyline") == 2
    assert drawn.count("<circle") == 4
    assert ">first up<" in drawn
