"""`make bench`: what our program costs beside the floor, both measured in one run.

Makes an installation of its own, times no-op previews and the first `up` of a hundred models, prints one table, and
removes all that it made. It passes no judgement: a slow machine is no failure.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console

from tests.bench import floor, gateway
from tests.bench.floor import PulumiProgram
from tests.bench.report import Measured, table_of
from tests.system import installation

PREVIEWS = 5
UPS = 3
# No round begins after this long: the whole, with its purge, stays below five minutes.
LAST_BEGIN_SECONDS = 150

say = Console(stderr=True, highlight=False).print


def main() -> None:
    """Measures and prints."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="llmproxy-bench-") as folder:
        made = installation.create(Path(folder), str(os.getpid()))
        try:
            say("bringing a gateway up")
            made.make("up")
            ours = PulumiProgram(made.clone, made.shell())
            measured = [*previews(Path(folder), ours), *hundred_models(made, ours, began + LAST_BEGIN_SECONDS)]
        finally:
            say("removing the gateway")
            made.purge()
    Console().print(table_of(measured))


def previews(folder: Path, ours: PulumiProgram) -> list[Measured]:
    """No-op previews: of an empty program, of one with as many resources as ours that do nothing, of ours."""
    count = number_of_resources(ours)
    say(f"previewing: nothing, {count} trivial resources, our {count}; {PREVIEWS} rounds")
    empty = floor.deployed(folder / "empty", ours.environment, 0)
    trivial = floor.deployed(folder / "trivial", ours.environment, count)
    programs = (empty, trivial, ours)
    rounds = [[seconds_of(partial(program.run, "preview")) for program in programs] for _ in range(PREVIEWS)]
    of_empty, of_trivial, of_ours = (list(column) for column in zip(*rounds, strict=True))
    first = Measured("preview of an empty program", of_empty)
    second = Measured(f"preview of {count} trivial resources", of_trivial, (first,))
    return [first, second, Measured(f"preview of our stack, {count} resources", of_ours, (first, second))]


def hundred_models(made: installation.Installation, ours: PulumiProgram, last_begin: float) -> list[Measured]:
    """The first `up` of a hundred models beside as many raw admin calls; at least one round."""
    master_key = made.master_key()
    raw: list[float] = []
    unchanged: list[float] = []
    first: list[float] = []
    while not raw or (len(raw) < UPS and time.monotonic() < last_begin):
        say(f"{gateway.MODELS} models: raw calls, an up without change, the up that makes them; round {len(raw) + 1}")
        raw.append(gateway.seconds_of_raw_calls(made, master_key))
        unchanged.append(gateway.seconds_of_up(ours))
        with gateway.models_in_catalog(made, ours):
            first.append(gateway.seconds_of_up(ours))
    calls = Measured(f"{gateway.MODELS} × POST /model/new in a row", raw)
    nothing = Measured("up without a change", unchanged)
    return [calls, nothing, Measured(f"up that makes {gateway.MODELS} models", first, (calls, nothing))]


def number_of_resources(program: PulumiProgram) -> int:
    """The resources in the state, without the stack itself and providers."""
    resources = json.loads(program.run("stack", "export"))["deployment"]["resources"]
    return sum(not each["type"].startswith("pulumi:") for each in resources)


def seconds_of(action: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
