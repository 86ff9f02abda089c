"""The role by which Netdata asks our database: made or brought up to date by a one-shot job.

Takes the database, its owner's password and the role's; gives the job, which runs again when one of them changes. The
role may read statistics (pg_monitor) and nothing else; no password is in an argument or a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pulumi

from components import entrypoint
from components.job import Job
from components.job_args import JobArgs
from components.naming import SwarmStack
from components.service_args import NetworkAttachment
from components.service_files import ServiceFiles, secret_path
from components.services.database import Database

ROLE = "netdata"
OWNER_FILE = secret_path("db-password")
ROLE_FILE = secret_path("netdata-db-password")
SQL_PATH = "/etc/llmproxy/monitoring-role.sql"
SQL = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True)
class MonitoringRoleArgs:
    """Whose role it is.

    Attributes:
        stack: The Swarm stack it belongs to.
        image: One that has psql.
        network_id: Where the database is.
        password: The role's.
        triggers: What runs the job again besides a new password, such as a new volume.
    """

    stack: SwarmStack
    docker_host: str
    image: pulumi.Input[str]
    network_id: pulumi.Input[str]
    database: Database
    password: pulumi.Input[str]
    triggers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    placement_constraints: Sequence[str] = ()


class MonitoringRole(pulumi.ComponentResource):
    """The role; see the module."""

    job: Job

    def __init__(self, name: str, args: MonitoringRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:MonitoringRole", name, {}, opts)
        database, files = args.database, ServiceFiles(name, args.stack, self)
        variables = {
            "PGHOST": database.host,
            "PGPORT": str(database.port),
            "PGUSER": database.user,
            "PGDATABASE": database.name,
        }
        self.job = Job(
            name,
            JobArgs(
                docker_host=args.docker_host,
                stack=args.stack,
                name=name,
                image=args.image,
                command=entrypoint.COMMAND,
                args=["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={SQL_PATH}"],
                networks=[NetworkAttachment(args.network_id)],
                secrets=[
                    files.secret("owner", database.password, OWNER_FILE),
                    files.secret("password", args.password, ROLE_FILE),
                ],
                configs=[
                    files.entrypoint(),
                    files.environment(variables, secret_files={"PGPASSWORD": OWNER_FILE}),
                    files.config("sql", SQL.read_text(encoding="utf-8"), SQL_PATH),
                ],
                placement_constraints=args.placement_constraints,
                timeout_seconds=120,
                triggers=args.triggers,
                secret_values=[database.password, args.password],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def pgpass(password: str, *, host: str, port: int) -> str:
    """The line of a password file for this role, whatever signs are in its password.

    It names the server: a label of a foreign service that leads somewhere else shall not get the password sent there.
    """
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    return f"{host}:{port}:*:{ROLE}:{escaped}\n"
