"""The settings `ingress` and `traefik`: under which names people reach the services, and through what.

A part of `settings.py`, which parses the whole. Pure.
"""

from __future__ import annotations

from pydantic import Field

from stacks.settings_base import Service, Strict
from stacks.settings_types import HostName, OneLine


class ExistingIngress(Strict):
    """A Traefik of others, which routes our services instead of ours."""

    network: OneLine = Field(description="Name of its attachable overlay network; our routed services join it.")
    entry_point: OneLine = Field("websecure", description="Name of its HTTPS entry point.")
    cert_resolver: OneLine | None = Field("le", description="Name of its certificate resolver; null names none.")
    middlewares: list[OneLine] = Field([], description="Its middlewares before every service, such as auth@file.")


class Ingress(Strict):
    """Under which names people reach the services."""

    domain: HostName = Field(
        "llmproxy.localhost",
        description="Domain of the public host names: portainer., llm., cli-proxy-api.llm., antigravity-manager.llm. "
        "and netdata. before it, unless a service has a hostName of its own.",
    )
    existing: ExistingIngress | None = Field(None, description="Use a Traefik of others instead of ours.")


class Traefik(Service):
    """Our ingress, Traefik 3."""

    http_port: int = Field(80, ge=1, le=65535, description="Port of the node for HTTP, which leads to HTTPS.")
    https_port: int = Field(443, ge=1, le=65535, description="Port of the node for HTTPS.")
