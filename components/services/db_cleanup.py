"""The clean-up of spend logs: a scheduled job that keeps the database's disk from filling.

Takes a database and the retention, gives the job. What it does stands in `db_cleanup.sql`; it runs with the psql of the
database's own image, as nobody, and its exit code is psql's: any failed statement is a failed run. The password reaches
it as a password file, so that it is on no command line and in no environment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import pulumi

from components.naming import SwarmStack
from components.scheduled_job import ScheduledJob
from components.scheduled_job_args import ScheduledJobArgs
from components.service_args import NO_LIMITS, ConfigFile, NetworkAttachment, Resources
from components.service_files import ServiceFiles
from components.services.database import CA_PATH, Database

SCRIPT_PATH = "/etc/llmproxy/clean-up.sql"
PASSWORD_FILE = "/run/secrets/pgpass"  # noqa: S105  a path, no password
NOBODY = "65534"
VACUUM_SECONDS = 3600
# Options of a database URL that libpq knows; those of Prisma, which it refuses, are for the gateway alone.
LIBPQ_OPTIONS = frozenset(
    {"sslmode", "sslrootcert", "channel_binding", "target_session_attrs", "options", "sslnegotiation"}
)
# A server that is gone must not hold the run for ever: noticed after a minute.
CONNECTION = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


@dataclass(frozen=True)
class DbCleanupArgs:
    """What is cleaned up, and when.

    Attributes:
        docker_host: Address of a manager's engine.
        image: Has psql; the database's own.
        schedule: Cron line of five or six fields.
        time_zone: In which the schedule is read.
        retention_days: Rows older than this are deleted.
        batch_size: Rows in one transaction.
        lock_timeout_seconds: Longest wait of one statement for a lock.
        statement_timeout_seconds: Longest time of one batch.
    """

    stack: SwarmStack
    docker_host: str
    image: pulumi.Input[str]
    database: Database
    network_ids: Sequence[pulumi.Input[str]]
    schedule: str
    time_zone: str
    retention_days: int
    batch_size: int
    lock_timeout_seconds: float
    statement_timeout_seconds: float
    name: str = "db-cleanup"
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class DbCleanup(pulumi.ComponentResource):
    """The clean-up; see the module."""

    job: ScheduledJob

    def __init__(self, name: str, args: DbCleanupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:DbCleanup", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        password = pulumi.Output.secret(args.database.password).apply(password_line)
        self.job = ScheduledJob(
            name,
            ScheduledJobArgs(
                docker_host=args.docker_host,
                stack=args.stack,
                name=args.name,
                schedule=args.schedule,
                time_zone=args.time_zone,
                image=args.image,
                command=["psql"],
                args=pulumi.Output.from_input(args.database.user).apply(lambda login: psql_arguments(args, login)),
                networks=[NetworkAttachment(network_id) for network_id in args.network_ids],
                # libpq takes no password file that others can read.
                secrets=[files.secret("pgpass", password, PASSWORD_FILE, mode=0o400, uid=NOBODY)],
                configs=[files.config("script", script(), SCRIPT_PATH), *_trusted(args.database, files)],
                placement_constraints=args.placement_constraints,
                resources=args.resources,
                user=f"{NOBODY}:{NOBODY}",
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"service_name": self.job.service_name})


def _trusted(database: Database, files: ServiceFiles) -> list[ConfigFile]:
    """Who signs the certificate of a database that is run by others."""
    certificate = database.ca_certificate
    return [] if certificate is None else [files.config("database-ca", certificate, CA_PATH)]


def script() -> str:
    """Reads the script's text from beside this module."""
    return Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def password_line(password: str) -> str:
    """The one line of a password file that holds for every server."""
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    return f"*:*:*:*:{escaped}\n"


def psql_arguments(args: DbCleanupArgs, login: str) -> list[str]:
    """How psql is called; no secret is among it."""
    values = {
        "retention_days": str(args.retention_days),
        "batch_size": str(args.batch_size),
        "lock_timeout": _milliseconds(args.lock_timeout_seconds),
        "statement_timeout": _milliseconds(args.statement_timeout_seconds),
        "vacuum_timeout": _milliseconds(VACUUM_SECONDS),
    }
    return [
        *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password"),
        *(f"--set={name}={value}" for name, value in values.items()),
        f"--file={SCRIPT_PATH}",
        f"--dbname={database_url(args.database, login)}",
    ]


def database_url(database: Database, login: str) -> str:
    """The database's address as libpq reads it, with the password file in place of the password."""
    options = {name: value for name, value in parse_qsl(database.libpq_query) if name in LIBPQ_OPTIONS}
    query = urlencode({**options, **CONNECTION, "passfile": PASSWORD_FILE, "application_name": "llmproxy-db-cleanup"})
    user, name = quote(login, safe=""), quote(database.name, safe="")
    return f"postgresql://{user}@{database.host}:{database.port}/{name}?{query}"


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"
