"""Health checks of containers, as data.

Takes ports, paths and times; gives the command that runs inside the container and how often. Apart, so that the
command texts can be tested by running them. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

# Needs only the interpreter that every LiteLLM image has: the official one ships neither curl nor wget.
HTTP_PROBE = (
    "import http.client; c = http.client.HTTPConnection('127.0.0.1', {port}, timeout={timeout}); "
    "c.request('GET', '{path}'); raise SystemExit(c.getresponse().status != 200)"
)


@dataclass(frozen=True)
class Healthcheck:
    """What is run inside the container, and how often.

    Attributes:
        test: Docker's form: `CMD` and the arguments, or `CMD-SHELL` and a line.
        interval_seconds: Between two checks, also while starting: engine 20.10 has no shorter start interval.
        timeout_seconds: After this long a check has failed.
        retries: Failures in a row that make the container unhealthy.
        start_period_seconds: Failures before this time are not counted.
    """

    test: tuple[str, ...]
    interval_seconds: float = 5
    timeout_seconds: float = 5
    retries: int = 6
    start_period_seconds: float = 40


def python_http_test(*, port: int, path: str, timeout_seconds: int) -> tuple[str, ...]:
    """Asks for a page with the image's own python3; healthy is status 200 and nothing else."""
    return ("CMD", "python3", "-c", HTTP_PROBE.format(port=port, path=path, timeout=timeout_seconds))


def wget_http_test(*, port: int, path: str, timeout_seconds: int) -> tuple[str, ...]:
    """Asks for a page with the image's wget, busybox's or GNU's; healthy is a status of success."""
    return ("CMD", "wget", "-q", "-T", str(timeout_seconds), "-O", "/dev/null", f"http://127.0.0.1:{port}{path}")


def postgres_test(*, user: str, database: str, port: int) -> tuple[str, ...]:
    """Asks PostgreSQL over TCP: the server that runs the first-start scripts listens on its socket file only."""
    return ("CMD", "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-U", user, "-d", database)
