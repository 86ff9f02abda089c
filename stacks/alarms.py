"""The alarms that are shipped: Netdata's `health.d/llmproxy.conf`, rendered from the settings.

Takes thresholds and the public names, gives the file's text; `docs/runbooks/alarms.md` says for each alarm what it
means and what to do. Charts and contexts are those of go.d.plugin; the names of the jobs they come from are in
`go_jobs.py`. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stacks import go_jobs
from stacks.settings_netdata import Alarms, Threshold

ROLE = "llmproxy"
DAY_SECONDS = 86_400
# Share of the looks in the window that must have failed: one lost look in a minute is no outage.
DOWN_PERCENT = 50


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Attributes:
        kind: `alarm` on one chart, or `template` on every chart of a context.
        on: The chart or context.
        rules: What is computed and when it warns, in the file's words.
        info: Says in one sentence what is wrong.
    """

    name: str
    kind: str
    on: str
    rules: Mapping[str, str]
    info: str


def health_conf(settings: Alarms, hosts: Sequence[str]) -> str:
    """The text of the file; `hosts` are the public names that shall have a trusted certificate."""
    return "\n".join(_text(alarm, settings.every_seconds) for alarm in alarms(settings, hosts))


def alarms(settings: Alarms, hosts: Sequence[str]) -> list[Alarm]:
    """All alarms."""
    return [
        *_machine(settings),
        *(_untrusted(host, settings) for host in hosts),
        *_database(settings),
        *_gateway(settings),
        *_jobs(settings),
    ]


def _machine(settings: Alarms) -> list[Alarm]:
    days = {"warn": settings.certificate_days, "crit": settings.certificate_critical_days}
    return [
        Alarm(
            "llmproxy_disk",
            "template",
            "disk.space",
            {"calc": "$used * 100 / ($avail + $used)", "units": "%", **_steps(settings.disk_used)},
            "a file system of this node is nearly full",
        ),
        Alarm(
            "llmproxy_certificate_ending",
            "template",
            "x509check.time_until_expiration",
            {
                "calc": "$expiry",
                "units": "seconds",
                **{step: f"$this < {number * DAY_SECONDS}" for step, number in days.items()},
            },
            "a certificate ends soon and was not renewed",
        ),
    ]


def _untrusted(host: str, settings: Alarms) -> Alarm:
    return Alarm(
        "llmproxy_certificate_untrusted",
        "alarm",
        go_jobs.trust_chart(host),
        {
            "lookup": f"average -{settings.window_seconds}s unaligned percentage of no_connection,timeout",
            "units": "%",
            "crit": f"$this >= {DOWN_PERCENT}",
        },
        f"{host} does not answer over HTTPS with a certificate that is trusted",
    )


def _database(settings: Alarms) -> list[Alarm]:
    return [
        Alarm(
            "llmproxy_database_down",
            "template",
            "portcheck.status",
            {
                "lookup": f"average -{settings.window_seconds}s unaligned percentage of failed,timeout",
                "units": "%",
                "crit": f"$this >= {DOWN_PERCENT}",
            },
            "the database does not accept connections",
        ),
        Alarm(
            "llmproxy_database_connections",
            "template",
            "postgres.connections_utilization",
            {
                "lookup": f"average -{settings.window_seconds}s unaligned of used",
                "units": "%",
                **_steps(settings.database_connections),
            },
            "a database is near the number of connections it allows",
        ),
    ]


def _gateway(settings: Alarms) -> list[Alarm]:
    window = f"average -{settings.window_seconds}s unaligned"
    return [
        Alarm(
            "llmproxy_gateway_down",
            "alarm",
            "httpcheck_gateway.request_status",
            _unanswered(settings),
            "the gateway's health page does not answer as it should",
        ),
        Alarm(
            "llmproxy_gateway_slow",
            "alarm",
            "httpcheck_gateway.response_time",
            {
                "lookup": f"{window} of time",
                "units": "ms",
                "warn": f"$this > {settings.gateway_slow_milliseconds}",
            },
            "the gateway's health page takes long to answer",
        ),
        Alarm(
            "llmproxy_gateway_errors",
            "template",
            "prometheus.gateway.llmproxy_gateway_error_ratio_percent",
            {"lookup": window, "units": "%", **_steps(settings.error_ratio)},
            "too many requests to the gateway fail, and not by the clients' fault",
        ),
    ]


def _jobs(settings: Alarms) -> list[Alarm]:
    is_set = {"lookup": f"max -{settings.window_seconds}s unaligned", "units": "state"}
    return [
        Alarm(
            "llmproxy_job_late",
            "template",
            "prometheus.jobs.llmproxy_job_late",
            {**is_set, "crit": "$this > 0"},
            "the last success of a scheduled job is too long ago",
        ),
        Alarm(
            "llmproxy_job_failed",
            "template",
            "prometheus.jobs.llmproxy_job_failed",
            {**is_set, "warn": "$this > 0"},
            "the last run of a scheduled job failed",
        ),
        Alarm(
            "llmproxy_job_keeper_down",
            "alarm",
            "httpcheck_job-keeper.request_status",
            _unanswered(settings),
            "the job-keeper does not answer: late and failed jobs go unseen",
        ),
    ]


def _unanswered(settings: Alarms) -> Mapping[str, str]:
    states = "no_connection,timeout,bad_status,bad_content"
    return {
        "lookup": f"average -{settings.window_seconds}s unaligned percentage of {states}",
        "units": "%",
        "crit": f"$this >= {DOWN_PERCENT}",
    }


def _steps(threshold: Threshold) -> dict[str, str]:
    return {"warn": f"$this > {threshold.warning:g}", "crit": f"$this > {threshold.critical:g}"}


def _text(alarm: Alarm, every_seconds: int) -> str:
    lines = {alarm.kind: alarm.name, "on": alarm.on, **alarm.rules, "every": f"{every_seconds}s"}
    return "".join(f"{name:>8}: {value}\n" for name, value in {**lines, "info": alarm.info, "to": ROLE}.items())
