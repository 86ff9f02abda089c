"""Prometheus text: contexts, chart ids and dimensions as go.d.plugin's collector `prometheus` makes them.

Gauges and counters, a chart each series; histograms and summaries only by their `_sum` and `_count`.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .job_files import Job
from .protocol import PRECISION, Chart, Dimension

SAMPLE = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\d+)?")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
MOST_SERIES = 2000


@dataclass(frozen=True)
class Series:
    """One sample and what its family says of itself."""

    name: str
    kind: str
    title: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return self.name + "".join(f"-{name}={value.replace(' ', '_')}" for name, value in self.labels.items() if value)


def collect(job: Job) -> list[tuple[Chart, Mapping[str, int]]]:
    """Reads the page once.

    Raises:
        OSError: It does not answer.
        ValueError: It has more series than `max_time_series`.
    """
    request = urllib.request.Request(job.text("url"))  # noqa: S310  a metrics page
    token = job.text("bearer_token_file")
    if token:
        request.add_header("Authorization", f"Bearer {Path(token).read_text(encoding='utf-8').strip()}")
    with urllib.request.urlopen(request, timeout=job.number("timeout", 10)) as answer:  # noqa: S310
        found = list(parse(answer.read().decode(errors="replace")))
    if len(found) > job.number("max_time_series", MOST_SERIES):
        raise ValueError("too many time series")
    app = job.text("app") or job.text("name")
    return [(_chart(app, one), {one.identity: int(one.value * PRECISION)}) for one in found]


def parse(text: str) -> Iterator[Series]:
    """The gauges and counters of a page."""
    kinds: dict[str, str] = {}
    titles: dict[str, str] = {}
    for line in text.splitlines():
        words = line.split(None, 3)
        if line.startswith("# TYPE") and len(words) == 4:
            kinds[words[2]] = words[3]
        elif line.startswith("# HELP") and len(words) == 4:
            titles[words[2]] = words[3].removesuffix(".")
        elif match := SAMPLE.fullmatch(line.strip()):
            kind = kinds.get(match[1]) or kinds.get(match[1].removesuffix("_total"), "")
            value = float(match[3])
            if kind in ("gauge", "counter") and value == value and not match[1].endswith("_created"):
                labels = dict(LABEL.findall(match[2] or ""))
                yield Series(match[1], kind, titles.get(match[1], f'Metric "{match[1]}"'), value, labels)


def _chart(app: str, series: Series) -> Chart:
    counter = series.kind == "counter"
    units = series.name.removesuffix("_total").rpartition("_")[2] or "events"
    dimension = Dimension(series.identity, series.name, "incremental" if counter else "absolute", PRECISION)
    return Chart(
        series.identity,
        series.title,
        f"{units}/s" if counter and units != "seconds" else units,
        "_".join(series.name.split("_")[:2]),
        f"prometheus.{app}.{series.name}" if app else f"prometheus.{series.name}",
        [dimension],
        series.labels,
    )
