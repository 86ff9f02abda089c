"""TCP ports: context and dimensions of go.d.plugin's collector `portcheck`."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from .job_files import Job
from .protocol import Chart, Dimension


def collect(job: Job) -> list[tuple[Chart, Mapping[str, int]]]:
    """Tries each port once; one that does not answer is a value, not a fault."""
    ports = job.fields.get("ports")
    if not isinstance(ports, list):
        return []
    return [_one(job, int(str(port))) for port in ports]


def _one(job: Job, port: int) -> tuple[Chart, Mapping[str, int]]:
    names = ("success", "failed", "timeout")
    state = _state(job.text("host"), port, job.number("timeout", 2))
    dimensions = [Dimension(f"tcp_port_{port}_{name}", name) for name in names]
    labels = {"host": job.text("host"), "port": str(port)}
    chart = Chart(
        f"port_{port}_status", "TCP Check Status", "boolean", "status", "portcheck.status", dimensions, labels
    )
    return chart, {f"tcp_port_{port}_{name}": int(name == state) for name in names}


def _state(host: str, port: int, timeout: float) -> str:
    try:
        socket.create_connection((host, port), timeout=timeout).close()
    except TimeoutError:
        return "timeout"
    except OSError:
        return "failed"
    return "success"
