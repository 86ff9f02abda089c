"""PostgreSQL, the database of the gateway.

Takes image, names, password and volume; gives the service and the address that other services use. Written for the
official image (and ours, which keeps its paths): data under /var/lib/postgresql, as the official 18 image has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components import entrypoint
from components.healthcheck import Healthcheck, postgres_test
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import (
    NO_LIMITS,
    HostPort,
    Mount,
    NetworkAttachment,
    Resources,
    Rollout,
    ServiceArgs,
)
from components.service_files import ServiceFiles, secret_path
from components.services.database import Database

PORT = 5432
DATA_PATH = "/var/lib/postgresql"
PASSWORD_FILE = secret_path("db-password")
# The builtin provider sorts alike on every C library: a volume can move between Debian, Alpine and our own image.
INITDB_ARGS = "--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8"


@dataclass(frozen=True)
class PostgresArgs:
    """What the database is.

    Attributes:
        stack: The Swarm stack it belongs to.
        database: Name of the database, fixed once the volume is filled.
        user: Its owner, fixed likewise.
        password: Read from a secret file at the first start: one line of any characters; the caller makes sure of it.
        volume_name: The volume of the data.
        internal_network_id: The network on which it answers to its short name. On no other: where foreign stacks join,
            theirs may have the same name, and Docker gives both.
        network_ids: Further networks.
        max_connections: PostgreSQL's setting of that name.
        stop_grace_seconds: Time to write its checkpoint when stopped; less than a minute, for then Swarm starts the
            next server whether this one has ended or not. One that is killed recovers from its log.
        shared_memory_mib: Size of /dev/shm, which parallel queries need.
        monitor_seconds: How long a new task must have been healthy.
        labels: Further service labels, such as those by which Netdata finds it.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    database: str
    user: str
    password: pulumi.Input[str]
    volume_name: pulumi.Input[str]
    internal_network_id: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "db"
    max_connections: int = 100
    stop_grace_seconds: float = 50
    shared_memory_mib: int = 256
    monitor_seconds: float = 5
    interval_seconds: float = 2
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()
    host_ports: Sequence[HostPort] = ()
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class Postgres(pulumi.ComponentResource):
    """PostgreSQL; see the module."""

    service_id: pulumi.Output[str]
    host: str
    port: int
    database: Database
    gated: GatedService

    def __init__(self, name: str, args: PostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Postgres", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        files = ServiceFiles(name, args.stack, self)
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=entrypoint.COMMAND,
                args=["docker-entrypoint.sh", "postgres", "-c", f"max_connections={args.max_connections}"],
                networks=[
                    NetworkAttachment(args.internal_network_id, [args.name]),
                    *(NetworkAttachment(network_id) for network_id in args.network_ids),
                ],
                # Read when the cluster is made; a later one is set in the running server (`database_password.py`).
                secrets=[files.secret("password", args.password, PASSWORD_FILE, keeps_first=True)],
                configs=[files.entrypoint(), files.environment(_environment(args))],
                mounts=[
                    Mount(DATA_PATH, args.volume_name),
                    Mount("/dev/shm", kind="tmpfs", size_mib=args.shared_memory_mib),  # noqa: S108  not a temp file
                ],
                healthcheck=_healthcheck(args),
                placement_constraints=args.placement_constraints,
                resources=args.resources,
                # Two servers on one data directory destroy it.
                rollout=Rollout(order="stop-first", monitor_seconds=args.monitor_seconds),
                stop_grace_seconds=args.stop_grace_seconds,
                host_ports=args.host_ports,
                labels=args.labels,
            ),
            child,
        )
        self.service_id, self.gated = service.service_id, service.gated
        # Not its alias: on a network that foreign stacks join, theirs may have the same one, and Docker gives both.
        self.host, self.port = args.stack.member(args.name), PORT
        self.database = Database(
            host=self.host, port=PORT, name=args.database, user=args.user, password=pulumi.Output.secret(args.password)
        )
        self.register_outputs({"service_id": self.service_id, "host": self.host, "port": self.port})


def _environment(args: PostgresArgs) -> dict[str, str]:
    return {
        "POSTGRES_DB": args.database,
        "POSTGRES_USER": args.user,
        "POSTGRES_PASSWORD_FILE": PASSWORD_FILE,
        "POSTGRES_INITDB_ARGS": INITDB_ARGS,
    }


def _healthcheck(args: PostgresArgs) -> Healthcheck:
    return Healthcheck(
        test=postgres_test(user=args.user, database=args.database, port=PORT),
        interval_seconds=args.interval_seconds,
        timeout_seconds=5,
        retries=10,
        # The first start makes the cluster; a start after a crash replays the log.
        start_period_seconds=120,
    )
