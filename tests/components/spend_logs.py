"""A PostgreSQL with spend logs for the tests of the clean-up, and the clean-up as its job runs it.

The database is a container of the gateway's own image; the clean-up runs in another one, with the arguments, user,
script and password file of the job.
"""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from airgap.images import content, table
from components.naming import SwarmStack
from components.services.database import Database
from components.services.db_cleanup import (
    NOBODY,
    PASSWORD_FILE,
    SCRIPT_PATH,
    DbCleanupArgs,
    password_line,
    psql_arguments,
    script,
)

# One option of libpq, one of Prisma.
QUERY = "sslmode=prefer&connection_limit=3"
PASSWORD = "p:a\\ss w'ord"
# The columns that matter, and the indexes of LiteLLM 1.81.12.
TABLES = """
CREATE TABLE "LiteLLM_SpendLogs" (
  request_id text PRIMARY KEY, "startTime" timestamp(3) NOT NULL, end_user text, session_id text,
  messages jsonb DEFAULT '{}', response jsonb DEFAULT '{}');
CREATE INDEX ON "LiteLLM_SpendLogs" ("startTime");
CREATE INDEX ON "LiteLLM_SpendLogs" (end_user);
CREATE INDEX ON "LiteLLM_SpendLogs" (session_id);
"""
TOOL_INDEX = """
CREATE TABLE "LiteLLM_SpendLogToolIndex" (
  request_id text, tool_name text, start_time timestamp(3) NOT NULL, PRIMARY KEY (request_id, tool_name));
CREATE INDEX ON "LiteLLM_SpendLogToolIndex" (start_time);
"""
ADD = """
INSERT INTO "LiteLLM_SpendLogs" (request_id, "startTime", end_user, session_id, messages)
SELECT :'label' || n, now() AT TIME ZONE 'UTC' - :'age'::interval - n * interval '1 ms', 'u' || n % 99, md5(n::text),
       jsonb_build_object('role', 'user', 'content', repeat('x', 60))
FROM generate_series(1, :rows) AS n;
"""


@dataclass(frozen=True)
class SpendLogs:
    """The database and where its files are."""

    name: str
    folder: Path

    @property
    def image(self) -> str:
        return content.image_tag(table.load().find("postgres"))

    def sql(self, text: str, *options: str) -> str:
        """Runs SQL as the owner; gives what it prints."""
        return docker("exec", "-i", self.name, *self.psql(*options), stdin=text).stdout.strip()

    @staticmethod
    def psql(*options: str) -> tuple[str, ...]:
        return ("psql", "-XqtA", "-U", "owner", "-d", "gate way", "-v", "ON_ERROR_STOP=1", *options)

    @contextmanager
    def held(self, text: str) -> Iterator[None]:
        """A session that has run this SQL and stays open."""
        command = ["docker", "exec", "-i", self.name, *self.psql()]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
            assert session.stdin is not None
            assert session.stdout is not None
            session.stdin.write(f"{text}\n\\echo held\n")
            session.stdin.flush()
            while session.stdout.readline().strip() != "held":
                assert session.poll() is None
            yield
            session.stdin.close()
            session.wait(30)

    def add(self, rows: int, *, days_old: float, label: str) -> None:
        given = {"rows": rows, "age": f"{days_old} days", "label": label}
        self.sql(ADD, *(f"--set={name}={value}" for name, value in given.items()))

    def count(self, which: str = "LiteLLM_SpendLogs") -> int:
        return int(self.sql('SELECT count(*) FROM :"name"', f"--set=name={which}"))

    def clean_up(self, **changed: object) -> subprocess.CompletedProcess[str]:
        """One run of the job's command."""
        args = DbCleanupArgs(
            **{
                "stack": SwarmStack("llmproxy", "llmproxy", "test"),
                "docker_host": "unix:///var/run/docker.sock",
                "image": self.image,
                "database": Database(
                    self.name, 5432, "gate way", "owner", PASSWORD, "sslmode=prefer&connection_limit=3"
                ),
                "network_ids": [],
                "schedule": "0 3 * * 0",
                "time_zone": "UTC",
                "retention_days": 90,
                "batch_size": 10_000,
                "lock_timeout_seconds": 2,
                "statement_timeout_seconds": 30,
                **changed,
            }  # type: ignore[arg-type]  # each value fits its field
        )
        files = [f"{self.folder}/script:{SCRIPT_PATH}:ro", f"{self.folder}/pgpass:{PASSWORD_FILE}:ro"]
        mounts = [word for file in files for word in ("--volume", file)]
        user = ("--user", f"{NOBODY}:{NOBODY}", "--entrypoint", "psql", "--network", self.name)
        command = psql_arguments(args, str(args.database.user))
        return docker("run", "--rm", *user, *mounts, self.image, *command, check=False)


@contextmanager
def database(folder: Path, *, with_tool_index: bool) -> Iterator[SpendLogs]:
    """Starts a database of its own; removes all of it at the end."""
    logs = SpendLogs(f"jobs-{uuid.uuid4().hex[:8]}", folder)
    (folder / "script").write_text(script(), encoding="utf-8")
    (folder / "pgpass").write_text(password_line(PASSWORD), encoding="utf-8")
    (folder / "pgpass").chmod(0o400)
    os.chown(folder / "pgpass", int(NOBODY), int(NOBODY))
    given = ("POSTGRES_USER=owner", "POSTGRES_DB=gate way", f"POSTGRES_PASSWORD={PASSWORD}")
    environment = [word for value in given for word in ("--env", value)]
    docker("network", "create", logs.name)
    try:
        docker("run", "--detach", "--name", logs.name, "--network", logs.name, *environment, logs.image)
        _wait(logs)
        logs.sql(TABLES + (TOOL_INDEX if with_tool_index else ""))
        yield logs
    finally:
        docker("rm", "--force", "--volumes", logs.name, check=False)
        docker("network", "rm", logs.name, check=False)


def _wait(logs: SpendLogs) -> None:
    probe = ("exec", logs.name, "pg_isready", "-h", "127.0.0.1", "-U", "owner", "-d", "gate way")
    ends = time.monotonic() + 60
    while docker(*probe, check=False).returncode:
        assert time.monotonic() < ends, "the database did not start"
        time.sleep(0.2)


def docker(*words: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["docker", *words], input=stdin, capture_output=True, text=True, timeout=300, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done
