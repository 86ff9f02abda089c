"""What holds for every suite: an interrupted one cleans up after itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _end_like_ctrl_c() -> Iterator[None]:
    """A TERM unwinds the fixtures as Ctrl-C does, so that an interrupted suite leaves nothing behind."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    yield
    signal.signal(signal.SIGTERM, before)
