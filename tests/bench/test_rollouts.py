"""What `make bench-rollouts` makes of its figures: which rows break what they promise."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from tests.bench.rollouts import scenarios
from tests.bench.rollouts.changes import Outcome
from tests.bench.rollouts.load import Asked, Load
from tests.bench.rollouts.scenarios import Changes

ANSWERED, STREAMED = Asked(0, 1, stream=False, failure=""), Asked(0, 9, stream=True, failure="")
FAILED, CUT = Asked(0, 1, stream=False, failure="status 502"), Asked(0, 9, stream=True, failure="cut short")


def test_the_bench_fails_with_the_names_of_the_rows_that_failed_a_request_or_cut_a_stream() -> None:
    outcomes = [
        Outcome("config", 1, [ANSWERED, STREAMED]),
        Outcome("secret", 1, [ANSWERED, FAILED]),
        Outcome("labels", 1, [ANSWERED, CUT]),
    ]
    assert (
        scenarios.broken_promises(outcomes)
        == "rows with failed requests or cut streams that promise none: secret; labels"
    )


def test_the_bench_passes_where_only_those_rows_fail_that_promise_nothing() -> None:
    outcomes = [Outcome("config", 1, [ANSWERED]), *(Outcome(what, 1, [FAILED, CUT]) for what in scenarios.EXCEPTIONS)]
    assert scenarios.broken_promises(outcomes) is None


def test_every_exception_is_a_row_and_the_restart_of_the_socket_proxy_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "measured", lambda _load, what, *_actions: Outcome(what, 1, []))
    restarts = Changes(Mock(prefix="bench-"), Load(), {}).restarts()
    rows = {restart().what for restart in restarts.values()}
    assert rows == {*scenarios.EXCEPTIONS, "restart of the socket proxy"}
