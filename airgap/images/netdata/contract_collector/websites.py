"""Web pages: contexts and dimensions of go.d.plugin's collector `httpcheck`."""

from __future__ import annotations

import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

from .job_files import Job
from .protocol import Chart, Dimension

STATES = ("success", "no_connection", "timeout", "redirect", "bad_content", "bad_status", "bad_header")
STATUS = Chart(
    "request_status",
    "HTTP Check Status",
    "boolean",
    "status",
    "httpcheck.status",
    [Dimension(state, state) for state in STATES],
)
TIME = Chart(
    "response_time", "HTTP Response Time", "ms", "response", "httpcheck.response_time", [Dimension("time", "time")]
)


def collect(job: Job) -> list[tuple[Chart, Mapping[str, int]]]:
    """Asks once; an answer that is none is a value, not a fault."""
    began = time.monotonic()
    state = _state(job)
    passed = round((time.monotonic() - began) * 1000)
    status = {one: int(one == state) for one in STATES}
    answered = [] if state in ("no_connection", "timeout") else [(TIME, {"time": passed})]
    return [(STATUS, status), *answered]


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    """Takes a redirection for the answer."""

    def redirect_request(self, *_: object) -> None:
        return None


def _state(job: Job) -> str:
    accepted = job.fields.get("status_accepted")
    codes = accepted if isinstance(accepted, list) else [200]
    request = urllib.request.Request(job.text("url"), method=job.text("method", "GET"))  # noqa: S310  an http check
    try:
        with _opener(job).open(request, timeout=job.number("timeout", 1)) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, b""
    except TimeoutError:
        return "timeout"
    except OSError as error:
        return "timeout" if isinstance(getattr(error, "reason", None), TimeoutError) else "no_connection"
    if job.flag("not_follow_redirects") and status in range(300, 400):
        return "redirect"
    if status not in codes:
        return "bad_status"
    wanted = job.text("response_match")
    return "success" if not wanted or re.search(wanted, body.decode(errors="replace")) else "bad_content"


def _opener(job: Job) -> urllib.request.OpenerDirector:
    # As in go.d.plugin, an authority that is named takes the place of the system's.
    context = ssl.create_default_context(cafile=job.text("tls_ca") or None)
    if job.flag("tls_skip_verify"):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    unfollowed = [_Unfollowed()] if job.flag("not_follow_redirects") else []
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), *unfollowed)
