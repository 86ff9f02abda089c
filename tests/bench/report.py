"""What was measured, as medians and as ratios to the floor: a ratio says the same on a fast and on a slow machine.

Takes measured seconds; gives the rows of a table, for the terminal and as plain data. Pure.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True)
class Measured:
    """One thing that was timed.

    Attributes:
        what: In words.
        seconds: Of each round.
        floors: What it is compared with.
        goal: The most seconds that it should take, by the floors of the same run.
    """

    what: str
    seconds: Sequence[float]
    floors: tuple[Measured, ...] = ()
    goal: float | None = None

    @property
    def median(self) -> float:
        """Half of the rounds took no longer."""
        return statistics.median(self.seconds)

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times as long as each of the floors it took."""
        return tuple(self.median / floor.median for floor in self.floors)

    @property
    def cells(self) -> list[str]:
        """The row for a reader; a ratio names the row that it is to by its words."""
        return [
            self.what,
            f"{self.median:.2f} s",
            f"{min(self.seconds):.2f} – {max(self.seconds):.2f} s",
            str(len(self.seconds)),
            "; ".join(f"{ratio:.2f} × {floor.what}" for ratio, floor in zip(self.ratios, self.floors, strict=True)),
            "" if self.goal is None else f"{self.goal:.2f} s: {'kept' if self.median <= self.goal else 'missed'}",
        ]


HEADINGS = ("what", "median", "from – to", "rounds", "ratio", "goal")


def table_of(measured: Sequence[Measured]) -> Table:
    """The table for the terminal."""
    table = Table(*HEADINGS, title="Times against the floor")
    for row in measured:
        table.add_row(*row.cells)
    return table


def data_of(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    """The rows as plain data, by heading."""
    return [dict(zip(HEADINGS, row.cells, strict=True)) for row in measured]
