"""A program of LiteLLM's objects only beside raw admin calls and a program of as many resources that do nothing.

Takes a real LiteLLM and the number of models; gives the rows of the table. Ours and the floor take turns, so that what
else the machine does meanwhile falls on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.bench import floor
from tests.bench.floor import PulumiProgram, seconds_of
from tests.bench.litellm_objects import ALIASES, FALLBACKS, raw_session, wanted
from tests.bench.report import Measured
from tests.system.counting_proxy import CountingProxy
from tests.system.litellm_stack import Server, Stack

# What the imports of our program and of our providers may take beside those of a trivial one.
IMPORT_SECONDS = 0.4
# The credential and the router settings; nothing else stands beside the models.
BESIDE_MODELS = 2


@dataclass(frozen=True)
class Rounds:
    """How often each thing is timed."""

    first_ups: int
    others: int


def rows(server: Server, folder: Path, count: int, rounds: Rounds) -> list[Measured]:
    """First up, preview without change and change of one model, each beside its floor."""
    stack = Stack(folder / "ours", server.url, server.master_key).prepare()
    trivial = floor.deployed(folder / "trivial", stack.environment_now(), count + BESIDE_MODELS)
    empty = floor.deployed(folder / "empty", stack.environment_now(), 0)
    return [
        *_first_up(server, stack, empty, count, rounds.first_ups),
        *_preview(stack, trivial, empty, count, rounds.others),
        *_one_change(server, stack, trivial, count, rounds.others),
    ]


def calls_of_a_refresh(server: Server, folder: Path, count: int) -> int:
    """How many admin calls a preview without change makes."""
    proxy = CountingProxy(server)
    try:
        stack = Stack(folder / "counted", proxy.url, server.master_key).prepare()
        stack.wants(wanted(count))
        stack.up()
        proxy.calls.clear()
        stack.preview("--expect-no-changes")
        made = proxy.calls.total()
        stack.wants({})
        stack.up()
    finally:
        proxy.close()
    return made


def _first_up(server: Server, stack: Stack, empty: PulumiProgram, count: int, rounds: int) -> list[Measured]:
    raw, nothing, ours = list[float](), list[float](), list[float]()
    with raw_session(server) as calls:
        for left in reversed(range(rounds)):
            raw.append(calls.seconds_of_all(count))
            nothing.append(seconds_of(lambda: empty.run("up", "--yes", "--skip-preview")))
            stack.wants(wanted(count))
            ours.append(seconds_of(stack.up))
            if left:
                stack.wants({})
                stack.up()
    objects = f"{count} models, {ALIASES} aliases, {FALLBACKS} fallbacks"
    floors = Measured(f"raw admin calls for {objects}", raw), Measured("up of an empty program", nothing)
    goal = 1.25 * floors[0].median + floors[1].median
    return [*floors, Measured(f"first up of {objects}", ours, floors[:1], goal)]


def _preview(stack: Stack, trivial: PulumiProgram, empty: PulumiProgram, count: int, rounds: int) -> list[Measured]:
    of_empty, of_trivial, of_ours = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        of_empty.append(seconds_of(lambda: empty.run("preview")))
        of_trivial.append(seconds_of(lambda: trivial.run("preview")))
        of_ours.append(seconds_of(lambda: stack.run("preview", "--expect-no-changes")))
    nothing = Measured("preview of an empty program", of_empty)
    floors = Measured(f"preview of {count + BESIDE_MODELS} trivial resources", of_trivial, (nothing,))
    goal = 1.1 * floors.median + IMPORT_SECONDS
    return [nothing, floors, Measured(f"preview of {count} models, no change", of_ours, (floors,), goal)]


def _one_change(server: Server, stack: Stack, trivial: PulumiProgram, count: int, rounds: int) -> list[Measured]:
    raw, of_trivial, of_ours = list[float](), list[float](), list[float]()
    with raw_session(server) as calls:
        for number in range(1, rounds + 1):
            raw.append(calls.seconds_of_one_change())
            trivial.run("config", "set", "first", f"changed {number}")
            of_trivial.append(seconds_of(lambda: trivial.run("up", "--yes", "--skip-preview")))
            stack.wants(wanted(count, rpm=number))
            of_ours.append(seconds_of(stack.up))
    stack.wants({})
    stack.up()
    writes = Measured(f"raw calls that change one of {count} models", raw)
    floors = Measured(f"up that changes one of {count + BESIDE_MODELS} trivial resources", of_trivial)
    goal = 1.2 * floors.median + writes.median
    return [writes, floors, Measured(f"up that changes one of {count} models", of_ours, (floors,), goal)]
