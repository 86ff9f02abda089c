"""`make bench-docs`: the tables in docs/benchmarks.md and its plot, from the figures that `make bench` left.

Takes the figures; writes between the marks of the page, and the plot beside it. The text around is by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.report import HEADINGS

DOCS = Path(__file__).parents[2] / "docs"
DATA = DOCS / "benchmarks.json"
PAGE = DOCS / "benchmarks.md"
PLOT = DOCS / "benchmarks.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 60, 30, 40, 50
LINES = {
    "milliseconds_to_make_one": ("first up", "#c0392b"),
    "milliseconds_to_look_at_one": ("preview, no change", "#2471a3"),
}
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
    """The curve of the provider process as SVG: a flat line is what was meant.

    By hand, as it is two lines: matplotlib is forty megabytes, pygal hooks into every import.
    """
    widest = max(cost["models"] for cost in curve)
    highest = 1.2 * max(cost[name] for cost in curve for name in LINES)
    shapes = [_axis(curve, widest, highest)]
    for number, (name, (words, colour)) in enumerate(LINES.items()):
        points = [(_x(cost["models"], widest), _y(cost[name], highest)) for cost in curve]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        shapes.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>')
        shapes += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
        shapes.append(f'<text x="{LEFT + 20}" y="{TOP + 18 + 18 * number}" fill="{colour}">{words}</text>')
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13"'
    lines = "\n".join(shapes)
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>\n{ground}\n{lines}\n</svg>\n'


def _axis(curve: Sequence[Mapping[str, float]], widest: float, highest: float) -> str:
    """Both axes, a mark at each number of models and at each millisecond that fits."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [f'<path d="M{LEFT},{TOP} V{bottom} H{right}" fill="none" stroke="#888"/>']
    for cost in curve:
        x = _x(cost["models"], widest)
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{cost["models"]:,}</text>')
    for value in range(0, int(highest) + 1, max(1, round(highest / 5))):
        y = _y(value, highest)
        parts.append(f'<path d="M{LEFT},{y:.1f} H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    parts.append(f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">models in all</text>')
    parts.append(f'<text x="{LEFT}" y="{TOP - 8}">milliseconds for one model in the provider process</text>')
    return "\n".join(parts)


def _x(models: float, widest: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * models / widest


def _y(milliseconds: float, highest: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * milliseconds / highest


def _section(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"### {title}\n", _line(headings), _line(["---"] * len(headings)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
