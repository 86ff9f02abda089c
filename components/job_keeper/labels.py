"""The service labels of a scheduled job: what the program says of it, and what the keeper reports of its last run.

Labels, because a change of them starts no task, `docker service inspect` shows them, and they live as long as the job.
Shared with the program, which must tell its own labels from the keeper's. Pure.
"""

from __future__ import annotations

JOB = "llmproxy.job"
SCHEDULE = f"{JOB}.schedule"
TIME_ZONE = f"{JOB}.time-zone"
LATE_AFTER = f"{JOB}.late-after-seconds"

LAST_START = f"{JOB}.last-start"
LAST_END = f"{JOB}.last-end"
LAST_SUCCESS = f"{JOB}.last-success"
LAST_DURATION = f"{JOB}.last-duration-seconds"
LAST_EXIT_CODE = f"{JOB}.last-exit-code"
LAST_ERROR = f"{JOB}.last-error"
ROWS = f"{JOB}.rows"
BYTES = f"{JOB}.bytes"

REPORT = frozenset({LAST_START, LAST_END, LAST_SUCCESS, LAST_DURATION, LAST_EXIT_CODE, LAST_ERROR, ROWS, BYTES})
