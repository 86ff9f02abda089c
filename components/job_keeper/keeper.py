"""The keeper's work at each look: report the runs that ended, and make the job ready for its next one.

swarm-cronjob and `docker service scale` start a run by setting the replicas to 1 and leave them so; a second `scale`
would then do nothing, and the next change of the job's image would start it. After each run the keeper sets them back
to 0, in the update that writes the report. An update by anybody else in between makes the engine refuse the keeper's,
which then looks again; so no report is lost or doubled, and no new run is taken for the old one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from . import labels as names
from .engine import EngineError, Service
from .reports import Run, is_new, with_report

# Replicas that are 1 without a task: Swarm skipped a 1 that followed a 0 at once (measured). An update without a change
# makes it look again; where that does not help either, nobody shall wait for a run that will not come.
NUDGE_AFTER_SECONDS = 4.0
GIVE_UP_AFTER_SECONDS = 60.0


class Api(Protocol):
    """What is needed of an engine."""

    def services(self, labels: Sequence[str]) -> list[Service]: ...
    def runs(self, service_id: str) -> list[Run]: ...
    def log(self, task_id: str) -> list[str]: ...
    def update(self, service: Service, spec: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True)
class Job:
    """A job as the last look saw it."""

    service: str
    labels: Mapping[str, str]
    made: str
    running: bool

    @property
    def name(self) -> str:
        return self.labels[names.JOB]


@dataclass
class Keeper:
    """Keeps the jobs that carry all of some labels.

    Attributes:
        engine: The engine of a manager.
        wanted: The labels, each `name=value`.
        say: Where a line goes: what was reported, and the log of a run that failed.
        jobs: What the last look saw.
        looked: When that was, in seconds of the epoch; 0 before the first.
    """

    engine: Api
    wanted: Sequence[str]
    say: Callable[[str], None] = print
    monotonic: Callable[[], float] = time.monotonic
    jobs: Sequence[Job] = ()
    looked: float = 0
    _going: dict[str, Run] = field(default_factory=dict)
    _without_task_since: dict[str, float] = field(default_factory=dict)

    def look(self) -> None:
        """Looks at every job once.

        Raises:
            EngineError: The engine does not answer.
        """
        services = self.engine.services([names.JOB, *self.wanted])
        self.jobs = [self._look_at(service) for service in services]
        self.looked = time.time()

    def _look_at(self, service: Service) -> Job:
        """One job; that its tasks cannot be read keeps the keeper from no other."""
        try:
            runs = self.engine.runs(service.service_id)
        except EngineError as error:
            self.say(f"{service.name}: not seen, looking again: {error}")
            return Job(service.name, service.labels, service.made, running=service.service_id in self._going)
        return self._keep(service, runs)

    def _keep(self, service: Service, runs: Sequence[Run]) -> Job:
        going = [run for run in runs if not run.ended]
        new = [run for run in [*self._vanished(service, runs), *runs] if run.ended and is_new(run, service.labels)]
        labels = service.labels
        try:
            if new:
                labels = self._report(service, new, is_over=not going and new[-1].asked_by == service.asked_by)
            elif service.replicas and not going:
                self._wait_for_task(service)
        except EngineError as error:
            # Most often swarm-cronjob or an up wrote first; the next look sees what they wrote.
            self.say(f"{service.name}: not written, looking again: {error}")
            return Job(service.name, service.labels, service.made, running=bool(going))
        if new or going or not service.replicas:
            self._without_task_since.pop(service.service_id, None)
        self._remember(service, going)
        return Job(service.name, labels, service.made, running=bool(going))

    def _report(self, service: Service, new: Sequence[Run], *, is_over: bool) -> Mapping[str, str]:
        """Writes what is told of these runs; replicas go back to 0 unless another run is asked for already."""
        labels: Mapping[str, str] = service.labels
        logs = {run.task_id: self._log(run) for run in new}
        for run in new:
            labels = with_report(labels, run, logs[run.task_id])
        spec = {**service.spec, "Labels": dict(labels)}
        self.engine.update(service, _at_rest(spec) if is_over else spec)
        for run in new:
            self._tell(service, run, logs[run.task_id])
        return labels

    def _log(self, run: Run) -> list[str]:
        try:
            return self.engine.log(run.task_id)
        except EngineError as error:
            # Its node may be gone, and the report must not wait for it.
            return [f"(no log: {error})"]

    def _tell(self, service: Service, run: Run, log: Sequence[str]) -> None:
        """Says how it ended; the log of a failed run with it, as Swarm drops it with the task."""
        code = "" if run.exit_code is None else f", exit code {run.exit_code}"
        self.say(f"{service.name}: run of {run.created}: {run.state}{code}")
        if not run.succeeded:
            for line in log:
                self.say(f"{service.name}: | {line}")

    def _wait_for_task(self, service: Service) -> None:
        """Deals with a run that was asked for and does not begin."""
        since = self._without_task_since.setdefault(service.service_id, self.monotonic())
        waited = self.monotonic() - since
        if waited >= GIVE_UP_AFTER_SECONDS:
            self.engine.update(service, _at_rest(service.spec))
            self.say(f"{service.name}: a run was asked for, but Swarm made no task for it; ask again")
        elif waited >= NUDGE_AFTER_SECONDS:
            self.engine.update(service, service.spec)

    def _vanished(self, service: Service, runs: Sequence[Run]) -> list[Run]:
        """The run that was going on and of which Swarm no longer tells: somebody scaled the job to 0."""
        run = self._going.get(service.service_id)
        if run is None or run.task_id in {found.task_id for found in runs}:
            return []
        return [replace(run, state="remove", since=datetime.now(UTC).isoformat())]

    def _remember(self, service: Service, going: Sequence[Run]) -> None:
        self._going.pop(service.service_id, None)
        if going:
            self._going[service.service_id] = going[-1]


def _at_rest(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The same job with nothing to run."""
    return {**spec, "Mode": {"Replicated": {"Replicas": 0}}}
