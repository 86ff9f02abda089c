"""The contract collector's loop: one thread a job, started and stopped as the job files change.

As in go.d.plugin, a job draws nothing until it has collected once; one that cannot is tried again after its
`autodetection_retry`, and never where that is 0. What is said on standard error never holds a job's options: a dsn is a
secret.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from . import certificates, databases, metrics, ports, websites
from .job_files import Job, JobFiles
from .protocol import Chart, Output

Reading = list[tuple[Chart, Mapping[str, int]]]
Collect = Callable[[Job], Reading]

# Each with its own usual seconds between two readings, as documented for go.d.plugin.
COLLECTORS: Mapping[str, tuple[Collect, int]] = {
    "postgres": (databases.collect, 1),
    "prometheus": (metrics.collect, 10),
    "httpcheck": (websites.collect, 5),
    "x509check": (certificates.collect, 60),
    "portcheck": (ports.collect, 5),
}
LOOK_EVERY_SECONDS = 1.0


class Running:
    """One job at work."""

    def __init__(self, job: Job, output: Output) -> None:
        self._job, self._output = job, output
        self._collect, usual = COLLECTORS[job.module]
        self._every = int(job.number("update_every", usual))
        self._stopped = threading.Event()
        self._charts: dict[str, Chart] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the job; its charts go with it."""
        self._stopped.set()
        self._thread.join(timeout=self._every + self._job.number("timeout", 2) + 1)
        for chart in self._charts.values():
            self._output.remove(self._job.full_name, self._job.module, self._every, chart)

    def _run(self) -> None:
        retry = self._job.number("autodetection_retry", 0)
        while not self._once():
            if not retry or self._stopped.wait(retry):
                return
        while not self._stopped.wait(self._every - time.time() % self._every):
            self._once()

    def _once(self) -> bool:
        try:
            reading = self._collect(self._job)
        except Exception as error:  # noqa: BLE001  a collector's drivers raise of every kind; a job must outlive its target
            print(f"contract collector: {self._job.full_name}: {type(error).__name__}", file=sys.stderr, flush=True)
            return False
        for chart, values in reading:
            if chart.identity not in self._charts and not self._stopped.is_set():
                self._charts[chart.identity] = chart
                self._output.create(self._job.full_name, self._job.module, self._every, chart)
            self._output.values(self._job.full_name, chart, values)
        return bool(reading)


def main(_arguments: list[str]) -> int:
    """Runs until Netdata closes the pipe."""
    folder = Path(os.environ.get("NETDATA_USER_CONFIG_DIR", "/etc/netdata"))
    files = JobFiles(folder, list(COLLECTORS), os.environ.get("NETDATA_PLUGINS_GOD_WATCH_PATH", ""))
    output, running = Output(), dict[Job, Running]()
    print("contract collector, not go.d.plugin: started", file=sys.stderr, flush=True)
    while True:
        try:
            wanted = files.jobs()
        except (OSError, ValueError) as error:
            print(f"contract collector: job files: {type(error).__name__}", file=sys.stderr, flush=True)
            wanted = set(running)
        for job in set(running) - wanted:
            print(f"contract collector: {job.full_name}: stopped", file=sys.stderr, flush=True)
            running.pop(job).stop()
        for job in wanted - set(running):
            print(f"contract collector: {job.full_name}: started", file=sys.stderr, flush=True)
            running[job] = Running(job, output)
        time.sleep(LOOK_EVERY_SECONDS)
