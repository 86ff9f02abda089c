"""Says why a task failed, what can be done about it where that is known, and its last log lines.

Takes what is known of the task and the secrets to hide, gives the lines of an error text. Shared by gate and job.
Log lines are a stranger's text: they stand behind a bar, so that nothing takes them for a line of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import JsonValue

from components import failure_causes, placement
from components.docker_engine import SwarmApi
from components.masking import mask
from components.swarm_state import TaskState

LOG_LINES = 20
# A line of JSON may hold a whole traceback; its cause stands at the end.
HEAD_CHARACTERS, TAIL_CHARACTERS = 200, 500
CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


def describe_task(
    api: SwarmApi, *, service: str, service_id: str, task: TaskState | None, secrets: Iterable[str]
) -> list[str]:
    """Gives task, node, exit code, Swarm's message and the last log lines; nothing when no task is known."""
    secrets = [*secrets]
    if task is None:
        return []
    node = api.node_name(task.node_id) if task.node_id else "(no node)"
    ended = "" if task.exit_code is None else f", exit code {task.exit_code}"
    lines = [
        f"  task: {service}.{task.slot} ({task.task_id}) on node {node}, {task.state}{ended}",
        f"  Swarm says: {mask(task.message, secrets)}",
    ]
    lines += describe_place(api, task.template) if task.unplaceable else []
    remedy = failure_causes.remedy(task.message)
    lines += [f"  that means: {remedy}"] if remedy else []
    log = "\n".join(api.task_log(service_id, task.task_id, LOG_LINES)) if task.node_id else ""
    shown = [_shortened(line) for line in mask(CONTROL.sub("", log), secrets).split("\n") if line.strip()]
    if shown:
        lines += [f"  its last {len(shown)} log lines:", *(f"    | {line}" for line in shown)]
    return lines


def describe_place(api: SwarmApi, template: JsonValue) -> list[str]:
    """Gives what a service asks for and no node has, or has left."""
    need, nodes = placement.need_of(template), api.nodes()
    found = [f"  {misfit.setting}: {misfit.text}" for misfit in placement.misfits(need, nodes)]
    if not found and need.memory_reservation_mib is not None:
        found.append(
            f"  resources.memoryReservationMib: found {need.memory_reservation_mib}; allowed is what no other task has "
            f"set aside, one of the same service that is to be replaced among them, of {placement.in_words(nodes)}; "
            "choose a smaller one, or add a node"
        )
    return found


def _shortened(line: str) -> str:
    if len(line) <= HEAD_CHARACTERS + TAIL_CHARACTERS:
        return line
    return f"{line[:HEAD_CHARACTERS]} … {line[-TAIL_CHARACTERS:]}"
