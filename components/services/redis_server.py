"""Where a Redis is and who may use it: ours or one run by others.

Given by `Redis`, or filled in by hand for an external server; taken by the gateway. LiteLLM reads one address from its
environment, REDIS_URL: REDIS_HOST and the like it finds with some versions of redis-py only (not with 6 and later).
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.env_file import DatabaseUrl

URL_VARIABLE = "REDIS_URL"
DATABASE = "0"
CA_PATH = "/etc/llmproxy/redis-ca.pem"


@dataclass(frozen=True)
class RedisServer:
    """An address with its credentials.

    Attributes:
        password: None where the server asks for none.
        username: None is Redis's default user.
        tls: Speak TLS and check the server's certificate and name.
        ca_certificate: Who signs the server's certificate, as PEM; None trusts the image's authorities.
    """

    host: str
    port: int
    password: pulumi.Input[str] | None = None
    username: str | None = None
    tls: bool = False
    ca_certificate: str | None = None

    @property
    def scheme(self) -> str:
        return "rediss" if self.tls else "redis"

    @property
    def query(self) -> str:
        """What redis-py reads from the address beside it."""
        if not self.tls:
            return ""
        checks = "ssl_cert_reqs=required&ssl_check_hostname=True"
        return f"{checks}&ssl_ca_certs={CA_PATH}" if self.ca_certificate else checks

    def url(self, password_file: str) -> DatabaseUrl:
        """The address with what the file holds as password."""
        return DatabaseUrl(
            scheme=self.scheme,
            user=self.username or "",
            password_file=password_file,
            host=self.host,
            port=self.port,
            name=DATABASE,
            query=self.query,
        )

    @property
    def open_url(self) -> str:
        """The address of a server that asks for no password."""
        return f"{self.scheme}://{self.host}:{self.port}/{DATABASE}" + (f"?{self.query}" if self.query else "")
