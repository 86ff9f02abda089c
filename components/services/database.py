"""Where a PostgreSQL is and who may use it: ours or one run by others.

Given by `Postgres`, or filled in by hand for an external server; taken by every service that needs a database.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

CA_PATH = "/etc/llmproxy/database-ca.pem"


@dataclass(frozen=True)
class Database:
    """An address with its credentials.

    Attributes:
        user: The login; our own database has another one after each change of the password (`database_password.py`).
        query: Options after the `?` of the database URL.
        ca_certificate: Who signs the server's certificate, as PEM; whoever uses the address mounts it at `CA_PATH`, and
            server and name are checked then.
    """

    host: str
    port: int
    name: str
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    query: str = ""
    ca_certificate: str | None = None

    @property
    def prisma_query(self) -> str:
        """The options in Prisma's words. It takes `verify-full` for no more than `prefer` (read in its engine)."""
        return self._query("sslmode=require", "sslaccept=strict", f"sslcert={CA_PATH}")

    @property
    def libpq_query(self) -> str:
        """The options in libpq's words."""
        return self._query("sslmode=verify-full", f"sslrootcert={CA_PATH}")

    def _query(self, *checked: str) -> str:
        if self.ca_certificate is None:
            return self.query
        others = [option for option in self.query.split("&") if option and not option.startswith("ssl")]
        return "&".join([*others, *checked])
