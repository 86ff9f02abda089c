"""`make bench-docs`: the tables in docs/benchmarks.md and its plot, from the figures that `make bench` left.

Takes the figures; writes between the marks of the page, and the plot beside it. The text around is by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pygal
from pygal.style import CleanStyle

from tests.bench.report import HEADINGS

DOCS = Path(__file__).parents[2] / "docs"
DATA = DOCS / "benchmarks.json"
PAGE = DOCS / "benchmarks.md"
PLOT = DOCS / "benchmarks.svg"
BEGIN, END = "<!-- tables: made by `make bench-docs` -->\n", "<!-- end of tables -->\n"


def main() -> None:
    """Writes both."""
    figures = json.loads(DATA.read_text(encoding="utf-8"))
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), figures), encoding="utf-8")
    PLOT.write_text(plot(figures["curve"]), encoding="utf-8")


def with_tables(page: str, figures: Mapping[str, Any]) -> str:
    """The page with the tables of these figures in the place of the old ones."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{tables(figures)}\n{END}{after}"


def tables(figures: Mapping[str, Any]) -> str:
    """All tables, each under a heading."""
    parts = [f"Measured on {figures['machine']}.\n"]
    for count, rows in figures["objects"].items():
        parts.append(_section(f"{count} models", HEADINGS, ([row[name] for name in HEADINGS] for row in rows)))
    whole = ([row[name] for name in HEADINGS] for row in figures["whole"])
    parts.append(_section("The whole of dev", HEADINGS, whole))
    calls = figures["calls"].items()
    parts.append(_section("Admin calls of a preview without change", ("models", "calls"), calls))
    failed = (
        (version, len(runs), sum(run["asked"] for run in runs), sum(run["failed"] for run in runs))
        for version, runs in figures["failed"].items()
    )
    words = ("LiteLLM", "changes", "requests", "failed")
    parts.append(_section("Requests while one of 100 models is changed, 20 a second", words, failed))
    curve = (
        (cost["models"], *(f"{cost[name]:.1f}" for name in list(cost) if name != "models")) for cost in figures["curve"]
    )
    words = ("models", "ms to make one", "ms to look at one", "MiB")
    parts.append(_section("The provider process, with a fake gateway", words, curve))
    return "\n".join(parts)


def plot(curve: Sequence[Mapping[str, float]]) -> str:
    """The curve of the provider process: a flat line is what was meant."""
    chart = pygal.XY(
        style=CleanStyle, width=720, height=360, title="One model in the provider process", x_title="models in all",
        y_title="milliseconds", range=(0, 1.2 * max(cost["milliseconds_to_make_one"] for cost in curve)),
        js=[], no_prefix=True, show_x_guides=False,
    )  # fmt: skip
    chart.add("first up", [(cost["models"], cost["milliseconds_to_make_one"]) for cost in curve])
    chart.add("preview, no change", [(cost["models"], cost["milliseconds_to_look_at_one"]) for cost in curve])
    return str(chart.render(is_unicode=True))


def _section(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"### {title}\n", _line(headings), _line(["---"] * len(headings)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
