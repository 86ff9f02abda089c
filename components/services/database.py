"""Where a PostgreSQL is and who may use it: ours or one run by others.

Given by `Postgres`, or filled in by hand for an external server; taken by every service that needs a database.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Database:
    """An address with its credentials.

    Attributes:
        query: Options after the `?` of the database URL.
    """

    host: str
    port: int
    name: str
    user: str
    password: pulumi.Input[str]
    query: str = ""
