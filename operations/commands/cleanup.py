"""`make cleanup`: starts a run of the clean-up of spend logs, follows it, and ends with its exit code.

It asks for the run as `docker service scale` would, so that it works wherever `docker.host` is; how the run ended
stands in the service's labels, where the job-keeper puts it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from components.docker_engine import SwarmApi
from components.engine_connection import connect
from components.errors import ChangedMeanwhile, SwarmError
from components.job_keeper import labels as names
from components.job_keeper.reports import ENDED
from components.swarm_state import ServiceSpec
from operations import ownership, setup
from operations.errors import Busy, OperationsError, RunFailed
from operations.locations import PROJECT
from operations.session import Session

SERVICE = "llmproxy_db-cleanup"
POLL_SECONDS = 1.0
# From the end of a run to its report: a look of the keeper, and a log that it may have to wait for.
REPORT_SECONDS = 45.0
ATTEMPTS = 10


@dataclass(frozen=True)
class Follower:
    """How a run is followed.

    Attributes:
        say: Where a word about the progress goes.
        monotonic: Time.
        sleep: Waiting.
    """

    say: Callable[[str], None]
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def run(session: Session) -> int:
    """Runs the clean-up once; gives 0.

    Raises:
        RunFailed: It ended badly; carries its exit code.
    """
    with session.board:
        settings = setup.without_engine(session).settings
        setup.require_engine(settings.docker.host)
        name = f"{settings.name_prefix}{SERVICE}"
        try:
            with connect(settings.docker.host) as api, session.board.part("clean-up") as part:
                report = follow(api, start(api, name, session.stack), name, Follower(part.say))
        except SwarmError as error:
            raise OperationsError(str(error)) from error
    print(in_words(report, name))
    return 0


def start(api: SwarmApi, name: str, stack: str) -> str:
    """Asks for a run; gives the start of the last one, by which a new report is known.

    Raises:
        OperationsError: There is no such job of this stack.
        Busy: A run is going on.
    """
    for _ in range(ATTEMPTS):
        live = _job(api, name, stack)
        if live.replicas or _is_running(api, live):
            raise Busy(
                f"clean-up: {name} is running already, and never two run at once; wait for it (make status shows it), "
                f"or end it with: docker service scale {name}=0"
            )
        try:
            api.update_service(live.service_id, live.version, {**live.spec, "Mode": {"Replicated": {"Replicas": 1}}})
        except ChangedMeanwhile:
            continue
        return live.labels.get(names.LAST_START, "")
    raise Busy(f"clean-up: {name} was changed by others {ATTEMPTS} times while a run was asked for; try again")


def follow(api: SwarmApi, last_start: str, name: str, follower: Follower) -> dict[str, str]:
    """Waits for the report of the run; gives the job's labels.

    Raises:
        OperationsError: The job was removed, or nobody reports.
    """
    began = follower.monotonic()
    quiet_since = began
    while True:
        live = api.spec(name)
        if live is None:
            raise OperationsError(f"clean-up: {name} was removed while it ran; look who did, then: make up")
        if live.labels.get(names.LAST_START, "") != last_start:
            return live.labels
        now = follower.monotonic()
        if _is_running(api, live):
            quiet_since = now
        elif now - quiet_since > REPORT_SECONDS:
            raise OperationsError(
                f"clean-up: no report of the run of {name}; look whether it ran (docker service ps {name}) and "
                "whether the job-keeper does (make status)"
            )
        follower.say(f"running for {now - began:.0f} s")
        follower.sleep(POLL_SECONDS)


def in_words(report: dict[str, str], name: str) -> str:
    """What a good run reports.

    Raises:
        RunFailed: It was no good one.
    """
    error = report.get(names.LAST_ERROR)
    if error is not None:
        code = report.get(names.LAST_EXIT_CODE, "1")
        raise RunFailed(
            f"clean-up: the run of {name} failed with exit code {code}: {error}; its log is in that of the job-keeper; "
            "docs/runbooks/clean-up.md says what to do",
            int(code) or 1,
        )
    rows, size, took = (report.get(label, "unknown") for label in (names.ROWS, names.BYTES, names.LAST_DURATION))
    return f"clean-up: {rows} rows deleted, {size} bytes given back to the disk, in {took} s"


def _job(api: SwarmApi, name: str, stack: str) -> ServiceSpec:
    live = api.spec(name)
    wanted = {ownership.PROJECT_LABEL: PROJECT, ownership.STACK_LABEL: stack}
    if live is None or names.JOB not in live.labels or not wanted.items() <= live.labels.items():
        raise OperationsError(
            f"clean-up: stack {stack} has no job {name}; set swarmCronjob.enabled and dbCleanup.enabled to true, "
            "then: make up"
        )
    return live


def _is_running(api: SwarmApi, live: ServiceSpec) -> bool:
    return any(task.state not in ENDED for task in api.tasks(live.service_id))
