"""Looks at several services until all have settled or one has failed.

Takes an engine and what is wanted; gives nothing, or an error that says why. The judging stands in
`rollout_verdict.py`; here are only the loop, the deadline and the words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from components.docker_engine import SwarmApi
from components.errors import RolloutFailed
from components.failure_report import describe_place, describe_task
from components.rollout_verdict import NOWHERE, Done, Failed, Verdict, Waiting, Wanted, judge

POLL_SECONDS = 0.5
PROGRESS_SECONDS = 15


@dataclass(frozen=True)
class Clock:
    """Time as the loop sees it."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def wait_until_settled(
    api: SwarmApi,
    services: Mapping[str, Wanted],
    *,
    deadline_seconds: float,
    secrets: Iterable[str] = (),
    clock: Clock | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Waits for every service.

    Args:
        api: The engine.
        services: What is wanted, by service id.
        deadline_seconds: After this long, what has not settled has failed.
        secrets: Hidden in log lines.
        clock: Time; None is the real one.
        say: Where a line about the progress goes now and then.

    Raises:
        RolloutFailed: With service, task, node, exit code, Swarm's message and the last log lines of each failure.
    """
    clock = clock or Clock()
    watched_since, began = api.now(), clock.monotonic()
    spoke = began
    while True:
        now = api.now()
        verdicts = {
            service_id: judge(
                wanted, api.service(service_id), api.tasks(service_id), watched_since=watched_since, now=now
            )
            for service_id, wanted in services.items()
        }
        open_ones = {key: verdict for key, verdict in verdicts.items() if not isinstance(verdict, Done)}
        if not open_ones:
            return
        late = clock.monotonic() - began >= deadline_seconds
        failed = {key: verdict for key, verdict in open_ones.items() if late or isinstance(verdict, Failed)}
        if failed:
            texts = [
                _text(api, key, services[key], verdict, secrets, deadline_seconds) for key, verdict in failed.items()
            ]
            raise RolloutFailed("\n".join(texts))
        if clock.monotonic() - spoke >= PROGRESS_SECONDS:
            spoke = clock.monotonic()
            waiting = [(services[key].name, v.reason) for key, v in open_ones.items() if isinstance(v, Waiting)]
            say("; ".join(f"{name}: {reason}" for name, reason in waiting))
        clock.sleep(POLL_SECONDS)


def _text(
    api: SwarmApi, service_id: str, wanted: Wanted, verdict: Verdict, secrets: Iterable[str], deadline_seconds: float
) -> str:
    if isinstance(verdict, Done):
        return ""
    service = api.service(service_id) if verdict.reason == NOWHERE else None
    late = "" if isinstance(verdict, Failed) else f"not settled after {deadline_seconds:.0f} s: "
    return "\n".join(
        [
            f"rollout of {wanted.name} failed: {late}{verdict.reason}",
            *describe_task(api, service=wanted.name, service_id=service_id, task=verdict.task, secrets=secrets),
            *(describe_place(api, service.template) if service else []),
            f"  `docker service ps --no-trunc {wanted.name}` shows more; correct the cause and run up again",
        ]
    )
