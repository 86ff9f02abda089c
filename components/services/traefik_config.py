"""The two configuration files of Traefik 3, as text.

Takes what the ingress shall do, gives the static file (entry points, providers, certificate resolver) and the dynamic
one (middlewares, TLS, dashboard). Services are not in them: Traefik finds those by their labels in the Swarm. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import yaml

from components.middlewares import Middleware
from components.naming import PROJECT_LABEL
from components.services.traefik_acme import RESOLVER, Acme, resolver

HTTP, HTTPS, GATEWAY, PING = 80, 443, 4000, 8082
GATEWAY_ROUTER, NOBODY = "gateway", "gateway-is-down"
STATIC_PATH = "/etc/traefik/traefik.yml"
DYNAMIC_PATH = "/etc/traefik/dynamic.yml"
CERTIFICATE_PATH = "/run/secrets/tls-certificate"
KEY_PATH = "/run/secrets/tls-key"
USERS_PATH = "/run/secrets/basic-auth-users"
# How old Traefik's view of the Swarm can be: a service serves on for longer than that before it ends.
REFRESH_SECONDS = 2
# Before every router that a label of some service in the Swarm puts on the same entry point.
FIRST_OF_ALL = 2**62
# For a whole request with its body. Traefik's 60 s end an upload of 100 MiB that takes longer; none at all would let
# everyone hold connections for ever.
READ_TIMEOUT = "2h"


@dataclass(frozen=True)
class IngressConfig:
    """What the ingress does.

    Attributes:
        network: Name of the network on which services are reached.
        endpoint: Address of the Docker API.
        https_port: Of the node, where HTTP leads to.
        certificate: An ACME server, or `own` (two files), or `none` (Traefik's self-signed one).
        gateway: Name in Traefik of the service that an entry point for plain HTTP leads to; None: there is no such
            entry point.
        gateway_middlewares: Names of those before it.
        middlewares: By name; a route asks for one as `<name>@file`.
        dashboard_host: Public name of the dashboard; None: there is none.
        dashboard_middlewares: Names of those before it.
        trusted_addresses: Proxies whose X-Forwarded-For is believed.
        drain_seconds: How long requests under way may go on when Traefik is stopped.
    """

    network: str
    endpoint: str
    https_port: int
    certificate: Acme | Literal["own", "none"]
    gateway: str | None = None
    gateway_middlewares: Sequence[str] = ()
    middlewares: Mapping[str, Middleware] = field(default_factory=dict)
    dashboard_host: str | None = None
    dashboard_middlewares: Sequence[str] = ()
    trusted_addresses: Sequence[str] = ()
    access_log: bool = False
    log_level: str = "INFO"
    drain_seconds: int = 10


def static(config: IngressConfig) -> str:
    """The text of the static file."""
    document: dict[str, object] = {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": config.log_level, "noColor": True},
        "ping": {"entryPoint": "ping"},
        "entryPoints": _entry_points(config),
        "providers": _providers(config),
    }
    if config.access_log:
        document["accessLog"] = {}
    if config.dashboard_host:
        document["api"] = {"dashboard": True}
    if isinstance(config.certificate, Acme):
        document["certificatesResolvers"] = {RESOLVER: {"acme": resolver(config.certificate)}}
    return yaml.safe_dump(document, sort_keys=True)


def dynamic(config: IngressConfig) -> str:
    """The text of the dynamic file."""
    tls: dict[str, object] = {"options": {"default": {"minVersion": "VersionTLS12"}}}
    if config.certificate == "own":
        pair = {"certFile": CERTIFICATE_PATH, "keyFile": KEY_PATH}
        tls |= {"certificates": [pair], "stores": {"default": {"defaultCertificate": dict(pair)}}}
    document: dict[str, object] = {"tls": tls}
    parts = {
        "middlewares": {name: dict(middleware) for name, middleware in config.middlewares.items()},
        "routers": _routers(config),
        # Nothing listens there: the answer is 502.
        "services": {NOBODY: {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:9"}]}}} if config.gateway else {},
    }
    http = {name: part for name, part in parts.items() if part}
    # An empty section is an error.
    return yaml.safe_dump({**document, "http": http} if http else document, sort_keys=True)


def _providers(config: IngressConfig) -> dict[str, object]:
    found: dict[str, object] = {
        "swarm": {
            "endpoint": config.endpoint,
            "exposedByDefault": False,
            "network": config.network,
            "refreshSeconds": REFRESH_SECONDS,
            "constraints": _routed(config.network),
        },
        "file": {"filename": DYNAMIC_PATH, "watch": False},
    }
    if isinstance(config.certificate, Acme) and config.certificate.another_try_url:
        # Traefik renews by the clock, but orders what it has not got only when its configuration changes: a name whose
        # first order failed would wait for somebody's next change.
        found["http"] = {"endpoint": config.certificate.another_try_url, "pollInterval": "10s"}
    return found


def _routed(network: str) -> str:
    """Whose services are routed: those that ask for our network, and all that no installation of this program made.

    A second installation on the same Swarm may have the same host names, on a network that this Traefik is not on.
    """
    return f"Label(`traefik.swarm.network`, `{network}`) || !LabelRegex(`{PROJECT_LABEL}`, `.+`)"


def _routers(config: IngressConfig) -> dict[str, object]:
    found: dict[str, object] = {}
    if config.dashboard_host:
        found["dashboard"] = {
            "rule": f"Host(`{config.dashboard_host}`)",
            "entryPoints": ["websecure"],
            "service": "api@internal",
            "middlewares": list(config.dashboard_middlewares),
        }
    if config.gateway:
        # By file and not by label: whoever can put labels on a service would get the master key with it.
        found[GATEWAY_ROUTER] = {
            "rule": "PathPrefix(`/`)",
            "priority": FIRST_OF_ALL,
            "entryPoints": ["gateway"],
            "service": f"{config.gateway}@swarm",
            "middlewares": list(config.gateway_middlewares),
        }
        # While the gateway is down Traefik knows no route to it and would answer 404, which a client takes for "there
        # is no such object".
        found[NOBODY] = {"rule": "PathPrefix(`/`)", "priority": 1, "entryPoints": ["gateway"], "service": NOBODY}
    return found


def _entry_points(config: IngressConfig) -> dict[str, object]:
    transport = {
        "respondingTimeouts": {"readTimeout": READ_TIMEOUT},
        # Nothing stands before Traefik that would have to notice first: it stops listening at once.
        "lifeCycle": {"requestAcceptGraceTimeout": 0, "graceTimeOut": f"{config.drain_seconds}s"},
    }
    common: dict[str, object] = {"transport": transport}
    if config.trusted_addresses:
        common["forwardedHeaders"] = {"trustedIPs": list(config.trusted_addresses)}
    # What a route of a foreign stack says itself goes before this.
    tls = {"certResolver": RESOLVER} if isinstance(config.certificate, Acme) else {}
    redirection = {"to": f":{config.https_port}", "scheme": "https", "permanent": True}
    points: dict[str, object] = {
        "web": {"address": f":{HTTP}", **common, "http": {"redirections": {"entryPoint": redirection}}},
        "websecure": {"address": f":{HTTPS}", "asDefault": True, **common, "http": {"tls": tls}},
        "ping": {"address": f"127.0.0.1:{PING}"},
    }
    if config.gateway:
        points["gateway"] = {"address": f":{GATEWAY}", "transport": transport}
    return points
