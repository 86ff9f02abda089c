"""`make bench`: what our program costs beside the floor, all measured in one run.

Starts what it needs, prints tables, leaves the figures in `docs/benchmarks.json` and removes all else that it made. It
passes no judgement: a slow machine is no failure. `make bench-docs` makes the pages of the figures.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench import floor, machine, provider_process
from tests.bench.failed_requests import A_SECOND, MODELS, failed_requests
from tests.bench.floor import PulumiProgram, seconds_of
from tests.bench.litellm_rows import Rounds, calls_of_a_refresh, rows
from tests.bench.pages import DATA
from tests.bench.report import Measured, data_of, table_of
from tests.system import installation
from tests.system.litellm_stack import Server
from tests.system.real_litellm import RealLitellms, real_litellms
from tests.system.versions import VERSIONS

PREVIEWS = 5
CHANGES_UNDER_LOAD = 5
COUNTS = {100: Rounds(first_ups=3, others=5), 500: Rounds(first_ups=1, others=5)}
CURVE = (100, 500, 2000, 5000)

say = Console(stderr=True, highlight=False).print


def main() -> None:
    """Measures, prints and keeps the figures."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="llmproxy-bench-") as name:
        folder = Path(name)
        say("what a model costs in the provider process")
        curve = [provider_process.cost_of(count) for count in CURVE]
        with real_litellms(folder) as servers:
            objects = {str(count): _objects(servers, folder, count) for count in COUNTS}
            calls = {count: calls_of_a_refresh(_server(servers), folder / f"calls-{count}", count) for count in COUNTS}
            failed = {version: _failed(servers, folder, version) for version in VERSIONS}
        whole = whole_installation(folder)
    found = {
        "machine": machine.described(),
        "objects": {count: data_of(measured) for count, measured in objects.items()},
        "whole": data_of(whole),
        "calls": {str(count): number for count, number in calls.items()},
        "failed": failed,
        "curve": [asdict(cost) for cost in curve],
    }
    DATA.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    Console().print_json(data={name: found[name] for name in ("machine", "calls", "failed", "curve")})
    sys.stderr.write(f"figures in {DATA}; make bench-docs makes the pages of them\n")


def whole_installation(folder: Path) -> list[Measured]:
    """Previews without change: of an empty program, of one with as many resources as dev has, and of dev."""
    made = installation.create(folder, str(os.getpid()))
    try:
        say("bringing an installation up")
        made.make("up")
        return _shown(previews(folder, PulumiProgram(made.clone, made.shell())))
    finally:
        say("removing it")
        made.purge()


def previews(folder: Path, ours: PulumiProgram) -> list[Measured]:
    """They take turns, so that what else the machine does meanwhile falls on all."""
    count = number_of_resources(ours)
    say(f"previewing: nothing, {count} trivial resources, our {count}; {PREVIEWS} rounds")
    empty = floor.deployed(folder / "empty", ours.environment, 0)
    trivial = floor.deployed(folder / "trivial", ours.environment, count)
    programs = (empty, trivial, ours)
    rounds = [[seconds_of(partial(program.run, "preview")) for program in programs] for _ in range(PREVIEWS)]
    of_empty, of_trivial, of_ours = (list(column) for column in zip(*rounds, strict=True))
    first = Measured("preview of an empty program", of_empty)
    second = Measured(f"preview of {count} trivial resources", of_trivial, (first,))
    return [first, second, Measured(f"preview of dev, {count} resources", of_ours, (first, second))]


def number_of_resources(program: PulumiProgram) -> int:
    """The resources in the state, without the stack itself and providers."""
    resources = json.loads(program.run("stack", "export"))["deployment"]["resources"]
    return sum(not each["type"].startswith("pulumi:") for each in resources)


def _objects(servers: RealLitellms, folder: Path, count: int) -> list[Measured]:
    say(f"{count} models: first up, preview without change, one change, each beside its floor")
    return _shown(rows(_server(servers), folder / f"objects-{count}", count, COUNTS[count]))


def _shown(measured: list[Measured]) -> list[Measured]:
    """Prints a table at once: what comes after may fail."""
    Console().print(table_of(measured))
    return measured


def _failed(servers: RealLitellms, folder: Path, version: str) -> list[dict[str, Any]]:
    say(f"LiteLLM {version}: {CHANGES_UNDER_LOAD} changes of one of {MODELS} models under {A_SECOND} requests a second")
    found = failed_requests(servers.shared(version), folder / f"load-{version}", CHANGES_UNDER_LOAD)
    return [{"asked": each.asked, "failed": len(each.failures), "first": each.failures[:1]} for each in found]


def _server(servers: RealLitellms) -> Server:
    return servers.shared(VERSIONS[0])


if __name__ == "__main__":
    main()
