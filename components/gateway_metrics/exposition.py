"""Prometheus text in and out.

Takes the text that a gateway's task serves, gives its samples; takes totals, gives text. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SAMPLE = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\d+)?")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Sample:
    """One series and its value."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """One metric to be served; values by the value of its one label, or by "" where it has none."""

    name: str
    kind: str
    text: str
    values: Mapping[str, float]
    label: str = ""


def samples(page: str) -> Iterator[Sample]:
    """The samples of a page; what is no sample is passed over."""
    for line in page.splitlines():
        match = SAMPLE.fullmatch(line.strip())
        if match:
            yield Sample(match[1], float(match[3]), dict(LABEL.findall(match[2] or "")))


def render(metrics: Sequence[Metric]) -> str:
    """The text of some metrics."""
    lines: list[str] = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.text}", f"# TYPE {metric.name} {metric.kind}"]
        for value, number in sorted(metric.values.items()):
            labels = f'{{{metric.label}="{value}"}}' if metric.label else ""
            lines.append(f"{metric.name}{labels} {number:.15g}")
    return "\n".join(lines) + "\n"
