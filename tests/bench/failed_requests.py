"""How many requests fail while one model is changed: twenty a second over all models, on a real LiteLLM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import requests

from tests.bench.litellm_objects import wanted
from tests.system.litellm_stack import Server, Stack
from tests.system.steady_load import steadily

A_SECOND = 20
MODELS = 100


@dataclass(frozen=True)
class Failed:
    """Of one change."""

    asked: int
    failures: tuple[str, ...]


def failed_requests(server: Server, folder: Path, runs: int) -> list[Failed]:
    """Changes a parameter of one model so many times under load."""
    stack = Stack(folder / "under-load", server.url, server.master_key).prepare()
    stack.wants(wanted(MODELS))
    stack.up()
    found = []
    for number in range(1, runs + 1):
        stack.wants(wanted(MODELS, rpm=10_000 + number))
        with requests.Session() as session, steadily(_asks(session, server), a_second=A_SECOND) as load:
            stack.up()
        found.append(Failed(load.answered + len(load.failures), tuple(load.failures)))
    stack.wants({})
    stack.up()
    return found


def _asks(session: requests.Session, server: Server) -> Iterator[Callable[[], str | None]]:
    session.trust_env = False
    session.headers["authorization"] = f"Bearer {server.master_key}"
    # Every second request goes to the model that is changed.
    names = [name for number in range(1, MODELS) for name in ("bench-0", f"bench-{number}")]
    return cycle([partial(_failure, session, server.url, name) for name in names])


def _failure(session: requests.Session, url: str, model: str) -> str | None:
    body = {"model": model, "max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]}
    try:
        answer = session.post(f"{url}/v1/chat/completions", json=body, timeout=60)
    except requests.RequestException as error:
        return f"{model}: {error}"
    return None if answer.ok else f"{model}: {answer.status_code} {answer.text[:200]}"
