"""Which tests `make test` leaves out: the lines of long_tests.txt, a file, a test or one case of a test each. Pure."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

LIST = Path(__file__).with_suffix(".txt")


def listed() -> frozenset[str]:
    """The lines without the comments, which begin with `#`."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_long(node_id: str, long: Collection[str]) -> bool:
    """Whether a test is listed by its file, its name or its case."""
    return any(name in long for name in (node_id.partition("::")[0], node_id.partition("[")[0], node_id))
