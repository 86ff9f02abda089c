"""The clean-up of a million spend logs beside a gateway's work: nobody's statement fails or waits long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


@contextmanager
def load(logs: SpendLogs) -> Iterator[list[float]]:
    """100 statements a second from four connections while the block runs; gives each one's seconds afterwards."""
    for name, text in STATEMENTS.items():
        docker("exec", "-i", logs.name, "sh", "-c", f"cat > /tmp/{name}.sql", stdin=text)
    scripts = [word for name in STATEMENTS for word in ("-f", f"/tmp/{name}.sql")]
    rate = ("-n", "-c", "4", "-j", "1", "-R", "100", "-T", str(LOAD_SECONDS), "--log", "--log-prefix=/tmp/load")
    ends = threading.Event()

    def work() -> None:
        while not ends.is_set():
            docker("exec", logs.name, "pgbench", "-U", "owner", *rate, *scripts, "gate way")

    took: list[float] = []
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(work)
        try:
            yield took
        finally:
            ends.set()
        # An error of a statement ends pgbench with another code than 0.
        running.result()
    for line in docker("exec", logs.name, "sh", "-c", "cat /tmp/load.*").stdout.splitlines():
        _, _, latency, _, _, _, late = line.split()
        # Of a statement that began late because the one before it was slow, only its own time.
        took.append((int(latency) - int(late)) / 1e6)


def test_a_million_old_rows_go_while_others_write_and_read(tmp_path: Path) -> None:
    with database(tmp_path, with_tool_index=True) as logs:
        logs.add(ROWS, days_old=100, label="old")
        with load(logs) as took:
            time.sleep(3)
            began = time.monotonic()
            done = logs.clean_up()
            seconds = time.monotonic() - began
        assert (done.returncode, done.stderr) == (0, "")
        assert f'"rows" : {ROWS}' in done.stdout
        written = int(logs.sql("SELECT count(*) FROM \"LiteLLM_SpendLogs\" WHERE request_id ~ '^live'"))
        assert logs.count() == written > 0
        # The rate was kept: nobody stood waiting for long.
        assert len(took) > 0.7 * 100 * seconds
        slowest = max(took)
        print(f"{ROWS} rows in {seconds:.1f} s; {len(took)} statements beside it, the slowest {slowest:.3f} s")
        assert slowest < SLOWEST_SECONDS
