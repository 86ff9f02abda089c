"""Load on a gateway behind its ingress: 20 requests a second, half of them on new connections, and long streams.

Takes where the gateway answers, a key and what to ask; gives what became of each request, and when. It goes on until
its block ends, and then waits for what it has begun. A request has failed when its answer is not exactly what was asked
for.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle

import requests
from requests.adapters import HTTPAdapter

REQUEST_SECONDS = 60
# Two seconds' worth of requests may be under way, and every stream.
AT_A_TIME = 64


@dataclass(frozen=True)
class Question:
    """What is asked of which model, and the one answer that is right."""

    model: str
    content: str
    answer: str


@dataclass(frozen=True)
class Questions:
    """What a load asks: the one question again and again, and the longer ones in turn, as streams."""

    short: Question
    streams: tuple[Question, ...]


@dataclass(frozen=True)
class Pace:
    """How much is asked."""

    a_second: float = 20
    seconds_between_streams: float = 4


@dataclass(frozen=True)
class Door:
    """Where the gateway answers, and with which key.

    Attributes:
        url: Of the ingress on this host.
        host: The gateway's public host name.
    """

    url: str
    host: str
    key: str

    def ask(self, session: requests.Session, question: Question, *, stream: bool = False) -> str:
        """Asks a question; gives why it failed, or nothing."""
        messages = [{"role": "user", "content": question.content}]
        try:
            with session.post(
                f"{self.url}/v1/chat/completions",
                json={"model": question.model, "stream": stream, "messages": messages},
                headers={"authorization": f"Bearer {self.key}", "host": self.host},
                timeout=REQUEST_SECONDS,
                stream=stream,
            ) as answer:
                if answer.status_code != 200:
                    return f"status {answer.status_code}: {answer.text[:200]}"
                said = _streamed(answer) if stream else answer.json()["choices"][0]["message"]["content"]
        except (requests.RequestException, KeyError, ValueError) as error:
            return f"{type(error).__name__}: {error}"[:300]
        return "" if said.strip() == question.answer else f"cut short after {said[-20:]!r}"


@dataclass(frozen=True)
class Asked:
    """One request that has ended; times are seconds of the monotonic clock."""

    began: float
    ended: float
    stream: bool
    failure: str


@dataclass
class Load:
    """What has become of the requests so far."""

    asked: list[Asked] = field(default_factory=list)

    def between(self, began: float, ended: float) -> list[Asked]:
        """Those that ended between two moments."""
        return [one for one in list(self.asked) if began <= one.ended < ended]


@contextmanager
def under_load(door: Door, questions: Questions, pace: Pace | None = None) -> Iterator[Load]:
    """Asks all the while, in time whether the last answer has come or not."""
    pace, load, ended, streams = pace or Pace(), Load(), threading.Event(), cycle(questions.streams)

    def ask(question: Question, *, session: requests.Session, stream: bool = False) -> None:
        began = time.monotonic()
        failure = door.ask(session, question, stream=stream)
        load.asked.append(Asked(began, time.monotonic(), stream, failure))

    def ask_anew(question: Question, *, stream: bool = False) -> None:
        with new_session() as session:
            ask(question, session=session, stream=stream)

    with ThreadPoolExecutor(AT_A_TIME) as pool, new_session() as kept:

        def request(number: int) -> None:
            if number % 2:
                pool.submit(ask_anew, questions.short)
            else:
                pool.submit(ask, questions.short, session=kept)

        def stream(_number: int) -> None:
            pool.submit(ask_anew, next(streams), stream=True)

        paces = [
            threading.Thread(target=_paced, args=(1 / pace.a_second, request, ended)),
            threading.Thread(target=_paced, args=(pace.seconds_between_streams, stream, ended)),
        ]
        for thread in paces:
            thread.start()
        try:
            yield load
        finally:
            ended.set()
            for thread in paces:
                thread.join()


def new_session() -> requests.Session:
    """Connections to an ingress that signs its certificate itself."""
    session = requests.Session()
    session.trust_env = False
    session.verify = False
    session.mount("https://", HTTPAdapter(pool_maxsize=AT_A_TIME))
    return session


def _paced(interval: float, action: Callable[[int], None], ended: threading.Event) -> None:
    began = time.monotonic()
    for number in count(1):
        action(number)
        if ended.wait(max(0.0, began + number * interval - time.monotonic())):
            return


def _streamed(answer: requests.Response) -> str:
    """The words of a stream that came to its proper end.

    Raises:
        ValueError: It did not.
    """
    said: list[str] = []
    for line in answer.iter_lines(decode_unicode=True):
        event = line.removeprefix("data: ")
        if event == "[DONE]":
            return "".join(said)
        if line.startswith("data: "):
            choices = json.loads(event)["choices"]
            said += [choice["delta"].get("content") or "" for choice in choices]
    raise ValueError(f"the stream ended after {len(said)} events without its last one")
