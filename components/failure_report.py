"""Says why a task failed, with its last log lines.

Takes what is known of the task and the secrets to hide, gives the lines of an error text. Shared by gate and job.
"""

from __future__ import annotations

from collections.abc import Iterable

from components.docker_engine import SwarmApi
from components.masking import mask
from components.swarm_state import TaskState

LOG_LINES = 20


def describe_task(
    api: SwarmApi, *, service: str, service_id: str, task: TaskState | None, secrets: Iterable[str]
) -> list[str]:
    """Gives task, node, exit code, Swarm's message and the last log lines; nothing when no task is known."""
    if task is None:
        return []
    node = api.node_name(task.node_id) if task.node_id else "(no node)"
    ended = "" if task.exit_code is None else f", exit code {task.exit_code}"
    lines = [
        f"  task: {service}.{task.slot} ({task.task_id}) on node {node}, {task.state}{ended}",
        f"  Swarm says: {task.message}",
    ]
    log = api.task_log(service_id, task.task_id, LOG_LINES) if task.node_id else []
    if log:
        lines += [f"  its last {len(log)} log lines:", *(f"    {line}" for line in log)]
    return mask("\n".join(lines), secrets).split("\n")
