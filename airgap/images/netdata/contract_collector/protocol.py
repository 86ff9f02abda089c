"""Netdata's external plugin protocol: charts and values as lines of text on standard output.

Takes a chart and its values, writes CHART, CLABEL, DIMENSION once and BEGIN, SET, END each time. Several jobs write at
once, so one lock keeps their lines together.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

# Of a value with decimals, as go.d.plugin's Prometheus collector has it.
PRECISION = 1000
PLUGIN = "contract-collector"


@dataclass(frozen=True)
class Dimension:
    """One line of a chart; `divisor` undoes what its values were multiplied with."""

    identity: str
    name: str
    algorithm: str = "absolute"
    divisor: int = 1


@dataclass(frozen=True)
class Chart:
    """One chart; its full id is `<job>.<identity>`."""

    identity: str
    title: str
    units: str
    family: str
    context: str
    dimensions: Sequence[Dimension]
    labels: Mapping[str, str] = field(default_factory=dict)


class Output:
    """The pipe to Netdata."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def create(self, job: str, module: str, every: int, chart: Chart) -> None:
        """Makes a chart known."""
        self._write(_definition(job, module, every, chart, options=""))

    def remove(self, job: str, module: str, every: int, chart: Chart) -> None:
        """Tells Netdata that a chart gets no more values and its alarms are gone."""
        self._write(_definition(job, module, every, chart, options="obsolete"))

    def values(self, job: str, chart: Chart, values: Mapping[str, int]) -> None:
        """Gives a chart the values of this moment; a dimension without one keeps its gap."""
        known = [one.identity for one in chart.dimensions if one.identity in values]
        sets = [f"SET '{identity}' = {values[identity]}" for identity in known]
        if sets:
            self._write([f"BEGIN '{job}.{chart.identity}'", *sets, "END"])

    def _write(self, lines: Sequence[str]) -> None:
        with self._lock:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()


def _definition(job: str, module: str, every: int, chart: Chart, options: str) -> list[str]:
    fields = [f"{job}.{chart.identity}", "", chart.title, chart.units, chart.family, chart.context, "line"]
    tail = f"70000 {every} '{options}' '{PLUGIN}' '{module}'"
    labels = {**chart.labels, "_collect_job": job}
    return [
        "CHART " + " ".join(f"'{_plain(one)}'" for one in fields) + f" {tail}",
        *(f"CLABEL '{_plain(name)}' '{_plain(value)}' 1" for name, value in sorted(labels.items())),
        "CLABEL_COMMIT",
        *(
            f"DIMENSION '{_plain(one.identity)}' '{_plain(one.name)}' {one.algorithm} 1 {one.divisor}"
            for one in chart.dimensions
        ),
    ]


def _plain(text: str) -> str:
    return text.replace("'", "").replace("\n", " ")
