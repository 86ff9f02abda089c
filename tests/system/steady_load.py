"""Requests that go on while something changes: whoever is served before is served all the while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle

import requests

from tests.system.installation import Installation

# Enough for answers that take seconds while the gateway takes a write.
AT_A_TIME = 16


@dataclass
class Load:
    """What became of the requests; complete when the block has ended."""

    answered: int = 0
    failures: list[str] = field(default_factory=list)


@contextmanager
def steady_load(gateway: Installation, models: Sequence[str], key: str, *, a_second: float = 5) -> Iterator[Load]:
    """Asks the models in turn, in time whether the last answer has come or not."""
    with steadily((partial(_failure, gateway, model, key) for model in cycle(models)), a_second=a_second) as load:
        yield load


@contextmanager
def steadily(asks: Iterator[Callable[[], str | None]], *, a_second: float) -> Iterator[Load]:
    """Asks one after the other, in time whether the last answer has come or not; each gives why it failed, or None.

    While as many as can be are under way no further one is asked: on a busy machine they would pile up.
    """
    load, ended, asked = Load(), threading.Event(), list[Future[str | None]]()
    free = threading.Semaphore(AT_A_TIME)
    with ThreadPoolExecutor(AT_A_TIME) as pool:

        def ask_on() -> None:
            for ask in asks:
                if free.acquire(blocking=False):
                    asked.append(pool.submit(ask))
                    asked[-1].add_done_callback(lambda _done: free.release())
                if ended.wait(1 / a_second):
                    return

        asking = threading.Thread(target=ask_on)
        asking.start()
        try:
            yield load
        finally:
            ended.set()
            asking.join()
    answers = [one.result() for one in asked]
    load.answered = answers.count(None)
    load.failures += [answer for answer in answers if answer is not None]


def _failure(gateway: Installation, model: str, key: str) -> str | None:
    try:
        answer = gateway.chat(model, key)
    except requests.RequestException as error:
        return f"{model}: {error}"
    return None if answer.ok else f"{model}: {answer.status_code} {answer.text}"
