"""Keeps the Pulumi CLI from logging every run to PULUMI_HOME on its own.

Takes the folder. The CLI 3.259 writes all that the engine does, inputs and outputs of every resource, into
`logs/*.log` there, 3 MB a preview of 500 models and up to 500 MB in all, and has no setting against it: a third of its
time (measured; docs/benchmarks.md). It goes on without when the folder cannot be made (its source:
`pkg/v3/cmd/pulumi/pulumi.go`, "automatic logging unavailable"), so a file stands in its place.
"""

from __future__ import annotations

import shutil
from pathlib import Path

WHY = "A file, so that the Pulumi CLI makes no folder of this name and logs every run in it: docs/benchmarks.md.\n"


def keep_out(pulumi_home: Path) -> None:
    """Puts the file in the place of the folder; what was logged there is removed."""
    place = pulumi_home / "logs"
    if place.is_dir():
        shutil.rmtree(place)
    if not place.exists():
        place.write_text(WHY, encoding="utf-8")
