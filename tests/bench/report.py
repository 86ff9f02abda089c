"""What was measured, as medians and as ratios to the floor: a ratio says the same on a fast and on a slow machine.

Takes measured seconds; gives the rows of a table. Pure.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Measured:
    """One thing that was timed.

    Attributes:
        what: In words.
        seconds: Of each round.
        floors: What it is compared with.
    """

    what: str
    seconds: Sequence[float]
    floors: tuple[Measured, ...] = ()

    @property
    def median(self) -> float:
        """Half of the rounds took no longer."""
        return statistics.median(self.seconds)

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times as long as each of the floors it took."""
        return tuple(self.median / floor.median for floor in self.floors)


def table_of(measured: Sequence[Measured]) -> Table:
    """The table for the terminal; a ratio names the row that it is to by its number."""
    table = Table("row", "what", "median", "from – to", "rounds", "ratio", title="Times against the floor")
    for number, row in enumerate(measured, start=1):
        table.add_row(
            str(number),
            row.what,
            f"{row.median:.1f} s",
            f"{min(row.seconds):.1f} – {max(row.seconds):.1f} s",
            str(len(row.seconds)),
            "\n".join(
                f"{ratio:.1f} × row {measured.index(floor) + 1}"
                for ratio, floor in zip(row.ratios, row.floors, strict=True)
            ),
        )
    return table
