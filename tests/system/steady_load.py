"""Requests that go on while something changes: whoever is served before is served all the while."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    load, ended, asked = Load(), threading.Event(), list[Future[str | None]]()
    with ThreadPoolExecutor(AT_A_TIME) as pool:

        def ask_on() -> None:
            for model in cycle(models):
                asked.append(pool.submit(_failure, gateway, model, key))
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
