"""PostgreSQL: contexts and dimensions of go.d.plugin's collector `postgres` that our alarms and pages use."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg2

from .job_files import Job
from .protocol import Chart, Dimension

UTILIZATION = Chart(
    "connections_utilization",
    "Connections utilization",
    "percentage",
    "connections",
    "postgres.connections_utilization",
    [Dimension("server_connections_utilization", "used")],
)
USAGE = Chart(
    "connections_usage",
    "Connections usage",
    "connections",
    "connections",
    "postgres.connections_usage",
    [Dimension("server_connections_available", "available"), Dimension("server_connections_used", "used")],
)
UPTIME = Chart(
    "server_uptime", "Uptime", "seconds", "uptime", "postgres.uptime", [Dimension("server_uptime", "uptime")]
)
COUNT = Chart(
    "databases_count",
    "Number of databases",
    "databases",
    "catalog",
    "postgres.databases_count",
    [Dimension("databases_count", "databases")],
)
# As in the collector: client backends against what the server grants to all but superusers.
QUERY = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
       extract(epoch FROM now() - pg_postmaster_start_time())::bigint
"""
DATABASES = """
SELECT datname, pg_database_size(datname) FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname
"""


def collect(job: Job) -> list[tuple[Chart, Mapping[str, int]]]:
    """Asks the server once; a dsn may name a `passfile`, which libpq and pgx both read.

    Raises:
        psycopg2.Error: It does not answer or refuses.
    """
    connection = psycopg2.connect(job.text("dsn"), connect_timeout=2, application_name="netdata")
    try:
        with connection.cursor() as cursor:
            cursor.execute(QUERY)
            used, most, uptime = cursor.fetchall()[0]
            cursor.execute(DATABASES)
            sizes = dict(cursor.fetchall())
    finally:
        connection.close()
    return [
        (UTILIZATION, {"server_connections_utilization": round(100 * used / most)}),
        (USAGE, {"server_connections_available": most - used, "server_connections_used": used}),
        (UPTIME, {"server_uptime": uptime}),
        (COUNT, {"databases_count": len(sizes)}),
        *((_size(name), {f"db_{name}_size": size}) for name, size in sizes.items()),
    ]


def _size(database: str) -> Chart:
    dimension = Dimension(f"db_{database}_size", "size")
    labels = {"database": database}
    return Chart(f"db_{database}_size", "Database size", "B", "size", "postgres.db_size", [dimension], labels)
