"""The clean-up of spend logs on a real PostgreSQL."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.components.spend_logs import SpendLogs, database

pytestmark = pytest.mark.system

LOCKED = 'BEGIN; LOCK TABLE "LiteLLM_SpendLogs" IN ACCESS EXCLUSIVE MODE;'


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpendLogs]:
    with database(tmp_path_factory.mktemp("cleanup"), with_tool_index=True) as made:
        yield made


def reported(output: str) -> dict[str, int]:
    *_, last = output.strip().splitlines()
    assert last.startswith("llmproxy-report ")
    found: dict[str, int] = json.loads(last.removeprefix("llmproxy-report "))
    return found


def test_old_rows_go_in_batches_from_both_tables_and_the_rest_stays(logs: SpendLogs) -> None:
    logs.add(2500, days_old=91, label="old")
    logs.add(10, days_old=89, label="new")
    logs.sql(
        'INSERT INTO "LiteLLM_SpendLogToolIndex" '
        "SELECT request_id, 'tool', \"startTime\" FROM \"LiteLLM_SpendLogs\" WHERE request_id ~ '[01]$'"
    )
    tools = logs.count("LiteLLM_SpendLogToolIndex")
    done = logs.clean_up(batch_size=1000)
    assert (done.returncode, done.stderr) == (0, "")
    assert logs.sql('SELECT DISTINCT left(request_id, 3) FROM "LiteLLM_SpendLogs"') == "new"
    assert logs.count() == 10
    left = logs.count("LiteLLM_SpendLogToolIndex")
    assert left == 2
    assert reported(done.stdout)["rows"] == 2500 + tools - left
    assert [line.split()[0] for line in done.stdout.splitlines()[:3]] == ["1000", "2000", "2500"]
    # VACUUM left no dead rows, and ANALYZE counted those that stay.
    assert logs.sql("SELECT reltuples FROM pg_class WHERE relname = 'LiteLLM_SpendLogs'") == "10"
    again = logs.clean_up()
    assert (again.returncode, reported(again.stdout)["rows"]) == (0, 0)


def test_a_lock_that_somebody_holds_is_waited_for_a_bounded_time_and_the_next_run_succeeds(logs: SpendLogs) -> None:
    logs.add(5, days_old=200, label="held")
    with logs.held(LOCKED):
        began = time.monotonic()
        done = logs.clean_up(lock_timeout_seconds=1)
        assert time.monotonic() - began < 10
    assert done.returncode == 3
    assert "canceling statement due to lock timeout" in done.stderr
    assert "llmproxy-report" not in done.stdout
    assert logs.clean_up().returncode == 0


def test_of_two_at_once_the_second_refuses(logs: SpendLogs) -> None:
    logs.add(5, days_old=200, label="both")
    results = []
    with logs.held(LOCKED):
        first = threading.Thread(target=lambda: results.append(logs.clean_up(lock_timeout_seconds=30)))
        first.start()
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        while logs.sql(asked) == "0":
            time.sleep(0.05)
        second = logs.clean_up()
    first.join()
    assert second.returncode == 3
    assert "another clean-up of this database is running; nothing was done" in second.stderr
    assert [done.returncode for done in results] == [0]


def test_a_database_without_the_tables_or_with_another_password_is_a_failure_that_shows_no_password(
    logs: SpendLogs,
) -> None:
    (logs.folder / "pgpass").write_text("*:*:*:*:hush-wrong\n", encoding="utf-8")
    wrong = logs.clean_up()
    (logs.folder / "pgpass").write_text("*:*:*:*:p\\:a\\\\ss w'ord\n", encoding="utf-8")
    assert wrong.returncode == 2
    assert "password authentication failed" in wrong.stderr
    assert "hush" not in wrong.stderr
    logs.sql('ALTER TABLE "LiteLLM_SpendLogs" RENAME TO aside')
    none = logs.clean_up()
    logs.sql('ALTER TABLE aside RENAME TO "LiteLLM_SpendLogs"')
    assert none.returncode == 3
    assert 'relation "LiteLLM_SpendLogs" does not exist' in none.stderr


def test_a_database_of_the_older_litellm_without_the_tool_index_is_cleaned_too(tmp_path: Path) -> None:
    with database(tmp_path, with_tool_index=False) as older:
        older.add(30, days_old=100, label="old")
        done = older.clean_up(batch_size=7)
        assert (done.returncode, older.count(), reported(done.stdout)["rows"]) == (0, 0, 30)
