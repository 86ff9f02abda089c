"""`make bench-rollouts`: what each change of a running installation does to those who use it, as a Markdown table.

Makes an installation of its own behind our ingress, puts it under load, makes one change after the other, prints the
table for the README, and removes all that it made. It fails where a row that promises to fail no request, and to cut no
stream, did so.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import urllib3
from rich.console import Console

from tests.bench.rollouts import routed, scenarios
from tests.bench.rollouts.changes import Outcome, markdown
from tests.bench.rollouts.load import under_load
from tests.bench.rollouts.proxies import PROXIES
from tests.bench.rollouts.scenarios import Changes
from tests.system import installation
from tests.system.service_image import other_image

WARM_UP_SECONDS = 10

say = Console(stderr=True, highlight=False).print


def main() -> None:
    """Measures, prints and judges."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    with tempfile.TemporaryDirectory(prefix="llmproxy-bench-") as folder:
        made = installation.create(Path(folder), f"{os.getpid()}-roll")
        try:
            say("bringing an installation with its ingress up")
            outcomes = measure(made)
        finally:
            say("removing the installation")
            made.purge()
    Console(soft_wrap=True).print(markdown(outcomes), markup=False, highlight=False)
    sys.exit(scenarios.broken_promises(outcomes))


def measure(made: installation.Installation) -> list[Outcome]:
    """Makes every change under the load that it concerns, which goes on all the while."""
    door = routed.bring_up(made, PROXIES)
    # To the end: each service keeps its other image.
    with ExitStack() as images:
        image = images.enter_context(other_image(made, "litellm"))
        with under_load(door, routed.OF_THE_PROVIDER) as load:
            time.sleep(WARM_UP_SECONDS)
            changes = Changes(made, load, made.shell())
            outcomes = [*made_one_by_one(changes.gateway(image)), *made_one_by_one(changes.restarts())]
        for proxy in PROXIES:
            image = images.enter_context(other_image(made, proxy.service))
            with under_load(door, proxy.questions) as load:
                time.sleep(WARM_UP_SECONDS)
                outcomes += made_one_by_one(Changes(made, load, made.shell()).proxy(proxy, image))
    return outcomes


def made_one_by_one(changes: Mapping[str, Callable[[], Outcome]]) -> Iterator[Outcome]:
    """Gives the outcomes, and says each as it comes: the whole takes twenty minutes."""
    for what, change in changes.items():
        say(f"change: {what}")
        outcome = change()
        say(markdown([outcome]).splitlines()[-1], markup=False)
        for failure in sorted({asked.failure for asked in outcome.failures}):
            say(f"    {failure}", markup=False)
        yield outcome


if __name__ == "__main__":
    main()
