"""What holds for every suite: an interrupted one cleans up after itself, and what is collected costs time only once."""

from __future__ import annotations

import gc
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.long_tests import is_long, listed

if TYPE_CHECKING:
    from tests.system.real_litellm import RealLitellms


def without_engine(config: pytest.Config) -> bool:
    """Whether the run leaves out what needs an engine: then its modules need not be imported either."""
    return str(config.getoption("markexpr")).startswith("not system")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.name.endswith("_system.py") and without_engine(config) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    long = listed()
    for item in items:
        if is_long(item.nodeid, long):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Tests and modules stay to the end: the garbage collector need not look through them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _end_like_ctrl_c() -> Iterator[None]:
    """A TERM unwinds the fixtures as Ctrl-C does, so that an interrupted suite leaves nothing behind."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def real_litellms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealLitellms]:
    """Real LiteLLMs of both versions, for the system suite and for the rules that the fake is held to."""
    from tests.system.real_litellm import real_litellms

    with real_litellms(tmp_path_factory.mktemp("litellm")) as made:
        yield made
