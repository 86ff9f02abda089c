"""Credentials change without a failed request: the real CLI, a real LiteLLM of each version, and an upstream.

`LLMPROXY_TEST_WORKERS` says how many processes answer, and must say so where the LiteLLM is given (`versions.py`). With
`1,4` each test runs with four, too: they start in two minutes on two cores, and each change waits for their polls.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from tests.system.installation import until
from tests.system.litellm_stack import PROVIDER_KEY, Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.steady_load import Load, steadily
from tests.system.upstream import Upstream
from tests.system.versions import GIVEN, VERSIONS

WORKERS = [int(each) for each in os.environ.get("LLMPROXY_TEST_WORKERS", "1").split(",")]
# By then the last of several workers has read a write.
POLL_SECONDS = 35
A_SECOND = 10
ANOTHER_KEY = "sk-marker-of-another-key"
SECOND = "mock-openai~2"


@pytest.fixture(name="workers", params=WORKERS)
def _workers(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms, workers: int) -> Iterator[Server]:
    if workers == 1 or request.param == GIVEN:
        yield real_litellms.shared(request.param)
        return
    with real_litellms.with_workers(request.param, workers) as server:
        yield server


@pytest.fixture(name="stack")
def _stack(server: Server, workers: int, tmp_path: Path) -> Stack:
    return Stack(tmp_path, server.url, server.master_key, workers=workers).prepare()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.close()


def wants(stack: Stack, upstream: Upstream, **credential: str) -> None:
    """One model through one credential. Its own base URL wins, so that it is served whatever the credential holds."""
    model = {
        "identity": "m@mock-openai:openai/m",
        "model_name": "m",
        "upstream_model": "openai/m",
        "credential_name": "mock-openai",
        "litellm_params": {"api_base": upstream.url},
    }
    stack.wants({"credentials": [{"credential_name": "mock-openai", **credential}], "models": [model]})


def load(server: Server) -> AbstractContextManager[Load]:
    return steadily(repeat(partial(failure, server)), a_second=A_SECOND)


def failure(server: Server) -> str | None:
    return server.chat_failure("m", max_tokens=5)


def live(server: Server) -> dict[str, Any]:
    return {
        row["credential_name"]: row["credential_values"] for row in server.call("GET", "/credentials")["credentials"]
    }


def polled(stack: Stack) -> None:
    """Waits until every worker has read what was written."""
    time.sleep(POLL_SECONDS if stack.workers > 1 else 0)


def test_a_removed_value_is_gone_and_no_request_failed(stack: Stack, server: Server, upstream: Upstream) -> None:
    wants(stack, upstream, api_base=upstream.url)
    stack.up()
    polled(stack)
    assert failure(server) is None
    wants(stack, upstream)
    shown = stack.preview()
    assert f'"mock-openai" => "{SECOND}"' in shown
    assert "- api_base" in shown
    with load(server) as requests:
        stack.up()
        polled(stack)
    assert requests.failures == []
    assert requests.answered > A_SECOND
    assert stack.is_unchanged()
    assert {name: list(values) for name, values in live(server).items()} == {SECOND: ["api_key"]}
    assert [row["litellm_params"]["litellm_credential_name"] for row in server.rows()] == [SECOND]


def test_a_run_killed_between_the_two_rows_is_ended_by_the_next_or_taken_back(
    stack: Stack, server: Server, upstream: Upstream
) -> None:
    for values in ({}, {"api_base": upstream.url}):
        wants(stack, upstream, api_base=upstream.url)
        stack.up()
        polled(stack)
        (former,) = live(server)
        wants(stack, upstream)
        up = stack.start_up()
        until(lambda: set(live(server)) - {former}, seconds=60, every=0.02)  # noqa: B023  called at once
        stack.kill(up)
        wants(stack, upstream, **values)
        stack.up()
        assert stack.is_unchanged()
        polled(stack)
        (left,) = live(server).values()
        assert sorted(left) == sorted({"api_key", *values})
        assert failure(server) is None


def test_a_former_key_is_not_used_after_the_time_that_is_told(stack: Stack, server: Server, upstream: Upstream) -> None:
    wants(stack, upstream, api_base=upstream.url)
    stack.up()
    polled(stack)
    assert failure(server) is None
    stack.run("config", "set", "--secret", "provider-key", typed=ANOTHER_KEY)
    with load(server) as requests:
        told = re.search(r"former key may be used until (\d\d:\d\d:\d\d) UTC", stack.up())
        assert told
        end = datetime.combine(datetime.now(UTC).date(), datetime.strptime(told[1], "%H:%M:%S").time(), UTC)
        time.sleep(max(0.0, end.timestamp() - time.time()) + 5)
    assert requests.failures == []
    late = upstream.last_asked_with(PROVIDER_KEY) - end.timestamp()
    assert late < 1, "the time is told in whole seconds"
    assert upstream.last_asked_with(ANOTHER_KEY) > end.timestamp()
    assert ANOTHER_KEY not in stack.state() + str(server.call("GET", "/credentials"))
