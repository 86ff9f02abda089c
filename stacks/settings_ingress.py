"""The settings `ingress` and `traefik`: under which names people reach the services, and through what.

A part of `settings.py`, which parses the whole; what two of them say together is checked in `ingress_checks.py`. Pure.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from stacks import passed_through
from stacks.settings_base import Service, Strict
from stacks.settings_certificates import Authorities
from stacks.settings_errors import Faults
from stacks.settings_types import (
    AddressRange,
    DnsTarget,
    Email,
    HostName,
    HttpUrl,
    OneLine,
    Port,
    UserName,
    VariableName,
)

_IN_CLEAR = (
    "a secret would stand in clear here, in a Swarm config and in the state; take it out; Cloudflare's token is the "
    "secret cloudflare-dns-api-token, with ingress.acme.challenge dns-cloudflare"
)


def _without_secrets(variables: dict[str, str]) -> dict[str, str]:
    places = passed_through.places_of_secrets(variables)
    if places:
        raise Faults(dict.fromkeys(places, _IN_CLEAR))
    return variables


class ExistingIngress(Strict):
    """A Traefik of others, which routes our services instead of ours."""

    network: OneLine = Field(description="Name of its attachable overlay network; our routed services join it.")
    entry_point: OneLine = Field("websecure", description="Name of its HTTPS entry point.")
    cert_resolver: OneLine | None = Field("le", description="Name of its certificate resolver; null names none.")
    middlewares: list[OneLine] = Field([], description="Its middlewares before every service, such as headers@file.")
    basic_auth_middleware: OneLine | None = Field(
        None,
        description="Its middleware that asks for user and password, such as auth@file, for the services with basic "
        "auth: ours would have to stand in a label.",
    )


class Acme(Strict):
    """Certificates from an ACME server."""

    email: Email | None = Field(None, description="Address of the account; the server warns it. Required with acme.")
    server: HttpUrl | None = Field(None, description="Directory URL of the server; null is Let's Encrypt.")
    ca_certificates: Authorities | None = Field(
        None, description="PEM text of the authorities that a private server's own certificate is checked with."
    )
    challenge: Literal["http", "dns-cloudflare"] = Field(
        "http",
        description="How the server checks a name: http asks port 80 of it; dns-cloudflare sets a TXT record at "
        "Cloudflare with the secret cloudflare-dns-api-token, for names behind their proxy or not open to the world.",
    )
    resolvers: list[OneLine] = Field(
        [],
        description="DNS servers (host:port) that are asked whether a TXT record has spread; empty: the host's, and "
        "after them the zone's own, which a firewall may close.",
    )
    certificate_hours: int = Field(
        2160, ge=1, description="How long the server's certificates are good; renewal is timed by it (90 days)."
    )
    another_try_minutes: int = Field(
        20,
        ge=1,
        description="After so long a certificate that the server did not give is ordered again. Let's Encrypt takes 5 "
        "failed orders of a name in an hour.",
    )


class RateLimit(Strict):
    """How many requests one client address may send to one service."""

    average: int = Field(ge=1, description="Requests in one period, in the long run.")
    burst: int = Field(ge=1, description="Requests at once beyond that.")
    period_seconds: int = Field(1, ge=1, description="The period, in seconds.")


class Ingress(Strict):
    """Under which names people reach the services, and what stands before all of them."""

    domain: HostName = Field(
        "llmproxy.localhost",
        description="Domain of the public host names: portainer., llm., cli-proxy-api.llm., antigravity-manager.llm. "
        "and netdata. before it, unless a service has a hostName of its own.",
    )
    addresses: list[DnsTarget] = Field(
        [], description="What the DNS records point to: addresses of the nodes with Traefik, or one host name."
    )
    existing: ExistingIngress | None = Field(None, description="Use a Traefik of others instead of ours.")
    certificate: Literal["acme", "own", "none"] = Field(
        "acme",
        description="acme: from an ACME server; own: the secrets tls-certificate and tls-key; none: Traefik's "
        "self-signed one, which no client trusts.",
    )
    acme: Acme = Field(Acme(), description="Where certificates come from, with certificate acme.")
    trust_cloudflare_addresses: bool = Field(
        False,
        description="Believe what Cloudflare's published addresses say of the client's address. For names that "
        "Cloudflare proxies: allow-list and rate limit then look at the client and refuse who comes around it.",
    )
    security_headers: bool = Field(
        True, description="Send HSTS, nosniff, SAMEORIGIN and a referrer policy with every answer."
    )
    rate_limit: RateLimit | None = Field(None, description="Limit the requests of one client address; null: no limit.")
    allow_list: list[AddressRange] = Field(
        [], description="Addresses and ranges that may reach the public host names; empty: everyone."
    )
    basic_auth_user: UserName = Field(
        "admin",
        description="User of the services with basic auth; the password is the secret basic-auth-password, or both "
        "are the htpasswd line in the secret basic-auth-htpasswd.",
    )


class Traefik(Service):
    """Our ingress, Traefik 3."""

    replicas: int = Field(
        1,
        ge=1,
        le=100,
        description="Its tasks, one a node, as they hold ports of the node: at most docker.nodes, and one with "
        "ingress.certificate acme, whose certificates are in a volume. Each counts ingress.rateLimit for itself.",
    )
    http_port: Port = Field(80, description="Port of the node for HTTP, which leads to HTTPS.")
    https_port: Port = Field(443, description="Port of the node for HTTPS.")
    dashboard: bool = Field(False, description="Show the dashboard as traefik. before ingress.domain, by basic auth.")
    access_log: bool = Field(False, description="One line a request in the service's log.")
    log_level: Literal["DEBUG", "INFO", "WARN", "ERROR"] = Field("INFO", description="What Traefik logs of itself.")
    environment: Annotated[dict[VariableName, OneLine], AfterValidator(_without_secrets)] = Field(
        {}, description="Further variables of Traefik, such as HTTPS_PROXY or CLOUDFLARE_TTL; no secret."
    )
    drain_seconds: int = Field(
        10,
        ge=0,
        description="When Traefik itself is replaced, requests under way get this long to end; nothing new is "
        "answered meanwhile, as two Traefiks cannot hold one port.",
    )
