"""What Netdata looks at besides the databases that labels name: the fixed jobs of go.d.plugin, by collector.

Takes the settings, gives jobs with the options that go.d.plugin documents; the discovery puts them on one node. The
names of the jobs are part of the charts' names, which `alarms.py` uses. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from stacks import host_names
from stacks.settings import Settings

Job: TypeAlias = Mapping[str, "str | int | bool | Sequence[int]"]

RETRY_SECONDS = 10
HTTPS = 443


def fixed(settings: Settings, *, database: str, gateway: str, metrics: str, keeper: str) -> dict[str, list[Job]]:
    """The jobs by collector; a collector without jobs has an empty list, so that its file is emptied.

    Args:
        settings: Of the installation.
        database: Where our database is, as `host:port`; one of others stands in the settings.
        gateway: Likewise the gateway.
        metrics: Likewise what sums up its metrics.
        keeper: Likewise the job-keeper.
    """
    external = settings.postgres.external
    host, _, port = (f"{external.host}:{external.port}" if external else database).rpartition(":")
    has_jobs = settings.swarm_cronjob.enabled
    return {
        "portcheck": [_retried({"name": "database", "host": host, "ports": [int(port)], "timeout": 5})],
        "httpcheck": [
            _page("gateway", f"http://{gateway}/health/liveliness"),
            *([_page("job-keeper", f"http://{keeper}/health")] if has_jobs else []),
        ],
        "prometheus": [
            _metrics("gateway", f"http://{metrics}/metrics"),
            *([_metrics("jobs", f"http://{keeper}/metrics")] if has_jobs else []),
        ],
        "x509check": [_certificate(name) for name in sorted(host_names.by_service(settings).values())],
    }


def _page(name: str, url: str) -> Job:
    return _retried({"name": name, "url": url, "timeout": 10, "status_accepted": [200], "update_every": 5})


def _metrics(name: str, url: str) -> Job:
    return _retried({"name": name, "url": url, "app": name, "timeout": 5, "update_every": 5})


def _certificate(host: str) -> Job:
    # Within the Swarm our Traefik answers to the name itself, at the port of its container.
    # Whose it is does not matter here, only how long it is good: dev's own authority is none of the image's.
    return _retried(
        {"name": host, "source": f"https://{host}:{HTTPS}", "timeout": 5, "tls_skip_verify": True, "update_every": 60}
    )


def _retried(job: dict[str, str | int | bool | Sequence[int]]) -> Job:
    return {**job, "autodetection_retry": RETRY_SECONDS}
