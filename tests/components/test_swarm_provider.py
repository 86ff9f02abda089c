"""What the Swarm's dynamic providers have in common: what Pulumi sees of each."""

from __future__ import annotations

import pulumi
import pytest
from pulumi.dynamic import ReadResult

from components.errors import DataMismatch, EngineUnreachable, SwarmError
from components.provider_border import FAILING_READ, TEARDOWN
from components.swarm_provider import Props, SwarmProvider

STATE: Props = {"wanted": "x", "ignored": "a"}


class Broken(SwarmProvider):
    """A resource that is refused at create, at update, and when it is looked at."""

    compared = ("wanted",)

    def identity(self, _wanted: Props) -> str:
        return "broken"

    def converge(self, _wanted: Props, _last: Props) -> Props:
        raise SwarmError("place, found")

    def look(self, _id: str, _last: Props) -> ReadResult | None:
        raise DataMismatch("another one stands in its place")


class Unreachable(Broken):
    """A resource whose engine does not answer."""

    def look(self, _id: str, _last: Props) -> ReadResult | None:
        raise EngineUnreachable("no answer")


class Recording(Broken):
    """A resource that says what it was given."""

    def converge(self, wanted: Props, last: Props) -> Props:
        return {"seen": [wanted, last]}


def test_what_is_done_is_told_beside_the_inputs_and_the_provider_reference_is_no_input() -> None:
    old: Props = {"wanted": "w"}
    created = Recording().create({**STATE, "__provider": "p"})
    assert created.outs == {**STATE, "seen": [STATE, {}]}
    updated = Recording().update("broken", {**old, "__provider": "p"}, {**STATE, "__provider": "p"})
    assert updated.outs == {**STATE, "seen": [STATE, old]}


@pytest.mark.parametrize(("changed", "again"), [({"wanted": "y"}, True), ({"ignored": "b"}, False)])
def test_only_what_is_compared_makes_a_change(changed: Props, again: bool) -> None:
    assert Broken().diff("broken", STATE, {**STATE, **changed}).changes is again


def test_what_is_refused_reaches_pulumi_without_a_traceback() -> None:
    with pytest.raises(pulumi.RunError, match="place, found"):
        Broken().create(STATE)
    with pytest.raises(pulumi.RunError, match="place, found"):
        Broken().update("broken", STATE, STATE)


def test_a_mismatch_ends_the_run_once_and_later_reads_keep_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FAILING_READ, "_spoken", False)
    with pytest.raises(pulumi.RunError, match="another one stands in its place"):
        Broken().read("broken", STATE)
    assert Broken().read("broken", STATE).outs == STATE


def test_an_engine_that_cannot_be_asked_keeps_the_state() -> None:
    assert Unreachable().read("unreachable", STATE).outs == STATE


def test_taking_down_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TEARDOWN, "1")
    monkeypatch.setattr(FAILING_READ, "_spoken", False)
    assert Broken().read("broken", STATE).outs == STATE
