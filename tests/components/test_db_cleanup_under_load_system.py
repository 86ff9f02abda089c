"""The clean-up of a million spend logs beside a gateway's work: nobody's statement fails or waits long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.components.spend_logs import SpendLogs, database, docker

pytestmark = pytest.mark.system

ROWS = 1_000_000
# Of one round; rounds go on until the clean-up is over.
LOAD_SECONDS = 8
SLOWEST_SECONDS = 5.0
# What a gateway does: it writes its logs in small batches, its UI reads the newest and counts the last hour.
STATEMENTS = {
    "insert": """INSERT INTO "LiteLLM_SpendLogs" (request_id, "startTime", end_user, session_id)
SELECT 'live' || gen_random_uuid(), now() AT TIME ZONE 'UTC', 'u', 's' FROM generate_series(1, 5);""",
    "newest": 'SELECT * FROM "LiteLLM_SpendLogs" ORDER BY "startTime" DESC LIMIT 50;',
    "hour": """SELECT count(*) FROM "LiteLLM_SpendLogs"
WHERE "startTime" > now() AT TIME ZONE 'UTC' - interval '1 hour';""",
}


@dataclass
class Load:
    """What it was, once it is over: each statement's seconds, and all of them."""

    took: list[float] = field(default_factory=list)
    seconds: int = 0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds


@contextmanager
def load(logs: SpendLogs) -> Iterator[Load]:
    """100 statements a second from four connections while the block runs, in whole rounds."""
    for name, text in STATEMENTS.items():
        docker("exec", "-i", logs.name, "sh", "-c", f"cat > /tmp/{name}.sql", stdin=text)
    scripts = [word for name in STATEMENTS for word in ("-f", f"/tmp/{name}.sql")]
    rate = ("-n", "-c", "4", "-j", "1", "-R", "100", "-T", str(LOAD_SECONDS), "--log", "--log-prefix=/tmp/load")
    ends, made = threading.Event(), Load()

    def work() -> None:
        docker("exec", logs.name, "sh", "-c", "rm -f /tmp/load.*")
        while made.seconds == 0 or not ends.is_set():
            docker("exec", logs.name, "pgbench", "-U", "owner", *rate, *scripts, "gate way")
            made.seconds += LOAD_SECONDS

    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(work)
        try:
            yield made
        finally:
            ends.set()
        # An error of a statement ends pgbench with another code than 0.
        running.result()
    for line in docker("exec", logs.name, "sh", "-c", "cat /tmp/load.*").stdout.splitlines():
        _, _, latency, _, _, _, late = line.split()
        # Of a statement that began late because the one before it was slow, only its own time.
        made.took.append((int(latency) - int(late)) / 1e6)


def test_a_million_old_rows_go_while_others_write_and_read(tmp_path: Path) -> None:
    with database(tmp_path, with_tool_index=True) as logs:
        logs.add(ROWS, days_old=100, label="old")
        # As in any database that did not get a million rows a second ago: without, each count reads all of them.
        logs.sql("VACUUM ANALYZE")
        with load(logs) as quiet:
            pass
        with load(logs) as beside:
            time.sleep(3)
            began = time.monotonic()
            done = logs.clean_up()
            seconds = time.monotonic() - began
        assert (done.returncode, done.stderr) == (0, "")
        assert f'"rows" : {ROWS}' in done.stdout
        written = int(logs.sql("SELECT count(*) FROM \"LiteLLM_SpendLogs\" WHERE request_id ~ '^live'"))
        assert logs.count() == written > 0
        slowest = max(beside.took)
        print(
            f"{ROWS} rows in {seconds:.1f} s; {beside.rate:.0f} statements a second beside it, {quiet.rate:.0f} "
            f"without it, the slowest {slowest:.3f} s"
        )
        # Nobody stood waiting for long. Beside it, as the machine may have more to do than this test.
        assert beside.rate > 0.7 * quiet.rate
        assert slowest < SLOWEST_SECONDS
