"""Traefik's certificates from an ACME server, as a part of its static file.

Takes server, account and challenge, gives the certificate resolver. A part of `traefik_config.py`. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

RESOLVER = "le"
ACME_FOLDER = "/letsencrypt"
ACME_CA_PATH = "/etc/traefik/acme-ca.pem"


@dataclass(frozen=True)
class Acme:
    """Where certificates come from.

    Attributes:
        server: Directory URL; None is Traefik's default, Let's Encrypt.
        ca_certificates: PEM text by which a private server is trusted; None: as any other.
        dns_provider: Its name in Traefik for DNS-01; None is HTTP-01.
        resolvers: DNS servers that are asked whether a record has spread; empty: the host's.
        certificate_hours: How long certificates are good.
        another_try_url: Gives a configuration that is another one from time to time, whereupon a certificate that was
            not to be had is ordered again; None: that waits for some other change.
    """

    email: str
    server: str | None = None
    ca_certificates: str | None = None
    dns_provider: str | None = None
    resolvers: Sequence[str] = ()
    certificate_hours: int = 2160
    another_try_url: str | None = None


def resolver(acme: Acme) -> dict[str, object]:
    """The part `acme` of a certificate resolver in the static file."""
    found: dict[str, object] = {
        "email": acme.email,
        "storage": f"{ACME_FOLDER}/acme.json",
        "keyType": "EC256",
        "certificatesDuration": acme.certificate_hours,
    }
    if acme.server:
        found["caServer"] = acme.server
    if acme.ca_certificates:
        found |= {"caCertificates": [ACME_CA_PATH], "caSystemCertPool": True}
    if acme.dns_provider is None:
        return {**found, "httpChallenge": {"entryPoint": "web"}}
    challenge: dict[str, object] = {"provider": acme.dns_provider}
    if acme.resolvers:
        # The zone's own servers are asked as well unless this says not to.
        challenge |= {
            "resolvers": list(acme.resolvers),
            "propagation": {"disableANSChecks": True, "requireAllRNS": True},
        }
    return {**found, "dnsChallenge": challenge}
