"""What Netdata looks at besides the databases that labels name: the fixed jobs of go.d.plugin, by collector.

Takes the settings, gives jobs with the options that go.d.plugin documents; the discovery puts them on one node. The
names of the jobs are part of the charts' names, which `alarms.py` uses. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from stacks import host_names
from stacks.settings import Settings

Option: TypeAlias = "str | int | bool | Sequence[int] | Mapping[str, str]"
Job: TypeAlias = Mapping[str, Option]

RETRY_SECONDS = 10
HTTPS = 443


def fixed(
    settings: Settings, *, database: str, gateway: str, metrics: str, keeper: str, authority_file: str | None = None
) -> dict[str, list[Job]]:
    """The jobs by collector; a collector without jobs has an empty list, so that its file is emptied.

    Args:
        settings: Of the installation.
        database: Where our database is, as `host:port`; one of others stands in the settings.
        gateway: Likewise the gateway.
        metrics: Likewise what sums up its metrics.
        keeper: Likewise the job-keeper.
        authority_file: In Netdata's container, the authority that the public names' certificates are checked with;
            None: those of the image.
    """
    external = settings.postgres.external
    host, _, port = (f"{external.host}:{external.port}" if external else database).rpartition(":")
    has_jobs = settings.swarm_cronjob.enabled
    return {
        "portcheck": [_retried({"name": "database", "host": host, "ports": [int(port)], "timeout": 5})],
        "httpcheck": [
            _page("gateway", f"http://{gateway}/health/liveliness"),
            *([_page("job-keeper", f"http://{keeper}/health")] if has_jobs else []),
            *(_trusted(host, authority_file) for host in trusted_hosts(settings)),
        ],
        "prometheus": [
            _metrics("gateway", f"http://{metrics}/metrics"),
            *([_metrics("jobs", f"http://{keeper}/metrics")] if has_jobs else []),
        ],
        "x509check": [_certificate(name) for name in sorted(host_names.by_service(settings).values())],
    }


def trusted_hosts(settings: Settings) -> list[str]:
    """The public names that shall have a certificate which clients trust."""
    if settings.ingress.certificate == "none" and not settings.ingress.existing:
        return []
    return sorted(host_names.by_service(settings).values())


def trust_chart(host: str) -> str:
    """The chart that shows whether a public name is trusted, as go.d.plugin calls it."""
    return f"httpcheck_{_trust_job(host).replace('.', '_')}.request_status"


def _trust_job(host: str) -> str:
    return f"https_{host}"


def _trusted(host: str, authority_file: str | None) -> Job:
    # What `x509check` cannot tell: where the handshake fails, it draws nothing. `httpcheck` counts it as no_connection.
    job: dict[str, Option] = {
        "name": _trust_job(host),
        "url": f"https://{host}",
        # No connection is kept, so that each look is a handshake; whatever is answered then is well.
        "headers": {"Connection": "close"},
        "method": "HEAD",
        "status_accepted": [200],
        "not_follow_redirects": True,
        "timeout": 10,
        "update_every": 5,
    }
    return _retried(job | ({"tls_ca": authority_file} if authority_file else {}))


def _page(name: str, url: str) -> Job:
    return _retried({"name": name, "url": url, "timeout": 10, "status_accepted": [200], "update_every": 5})


def _metrics(name: str, url: str) -> Job:
    return _retried({"name": name, "url": url, "app": name, "timeout": 5, "update_every": 5})


def _certificate(host: str) -> Job:
    # Within the Swarm our Traefik answers to the name itself, at the port of its container.
    # Only how long it is good: whether it is trusted looks `_trusted` at.
    return _retried(
        {"name": host, "source": f"https://{host}:{HTTPS}", "timeout": 5, "tls_skip_verify": True, "update_every": 60}
    )


def _retried(job: dict[str, Option]) -> Job:
    return {**job, "autodetection_retry": RETRY_SECONDS}
