"""Where a Redis is and who may use it: ours or one run by others.

Given by `Redis`, or filled in by hand for an external server; taken by the gateway. LiteLLM reads all of it from its
environment, under the names of redis-py's own arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

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

    def environment(self) -> dict[str, str]:
        """LiteLLM's variables, without the password; any value of REDIS_SSL would switch TLS on."""
        found = {
            "REDIS_HOST": self.host,
            "REDIS_PORT": str(self.port),
            "REDIS_USERNAME": self.username,
            "REDIS_SSL": "True" if self.tls else None,
            "REDIS_SSL_CERT_REQS": "required" if self.tls else None,
            "REDIS_SSL_CHECK_HOSTNAME": "True" if self.tls else None,
            "REDIS_SSL_CA_CERTS": CA_PATH if self.tls and self.ca_certificate else None,
        }
        return {name: value for name, value in found.items() if value is not None}
