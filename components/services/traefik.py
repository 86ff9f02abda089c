"""Traefik 3, the ingress: HTTPS for the public host names, certificates, and what stands before every service.

Takes its configuration, certificates and passwords, gives the service. Ports are those of the node (host mode), so that
the address of a client survives; so two of them cannot run on one node, and a change of Traefik itself has a gap.
It reaches the Docker API through the socket proxy only, and needs no capability but to listen on low ports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components import entrypoint
from components.healthcheck import Healthcheck
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import (
    NO_LIMITS,
    ConfigFile,
    HostPort,
    Mount,
    NetworkAttachment,
    Resources,
    SecretFile,
    ServiceArgs,
)
from components.service_files import ServiceFiles
from components.services import stop_grace, traefik_acme, traefik_config
from components.services.traefik_acme import Acme
from components.services.traefik_config import IngressConfig

ROOT_ONLY = 0o400


@dataclass(frozen=True)
class OwnCertificate:
    """A certificate of one's own, as PEM text; its chain follows it."""

    certificate: pulumi.Input[str]
    key: pulumi.Input[str]


@dataclass(frozen=True)
class TraefikArgs:
    """What the ingress is.

    Attributes:
        stack: The Swarm stack it belongs to.
        config: What it does.
        network_ids: The one of the services, and the one of the socket proxy.
        host_names: Names under which it is also found there, so that what looks at a public name from within the Swarm,
            such as Netdata at its certificate, needs no DNS.
        http_port: Of the node.
        gateway_port: Of the node, for the entry point `gateway`; None publishes none.
        volume_name: The volume that keeps what the ACME server gave; None without one.
        own_certificate: With the certificate `own`.
        users: The users file of basic auth; None when nothing asks for it.
        environment: Variables without secrets, such as those of a DNS provider.
        secret_file_environment: Variables whose value is the path of a file with the secret.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    config: IngressConfig
    network_ids: Sequence[pulumi.Input[str]]
    http_port: int
    gateway_port: int | None = None
    host_names: Sequence[str] = ()
    volume_name: pulumi.Input[str] | None = None
    own_certificate: OwnCertificate | None = None
    users: pulumi.Input[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    secret_file_environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    name: str = "traefik"
    replicas: int = 1
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class Traefik(pulumi.ComponentResource):
    """Traefik; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: TraefikArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Traefik", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        variables, secrets = _secret_files(files, args)
        configs = _configs(files, args)
        if variables:
            configs += [files.entrypoint(), files.environment(variables)]
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=entrypoint.COMMAND if variables else (),
                args=["traefik", f"--configFile={traefik_config.STATIC_PATH}"],
                networks=[NetworkAttachment(network_id, args.host_names) for network_id in args.network_ids],
                secrets=secrets,
                configs=configs,
                mounts=[Mount(traefik_acme.ACME_FOLDER, args.volume_name)] if args.volume_name is not None else [],
                healthcheck=_healthcheck(),
                replicas=args.replicas,
                placement_constraints=args.placement_constraints,
                resources=args.resources,
                stop_grace_seconds=stop_grace.of_ingress(args.config.drain_seconds),
                host_ports=_host_ports(args),
                cap_drop=["ALL"],
                cap_add=["NET_BIND_SERVICE"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})


def _configs(files: ServiceFiles, args: TraefikArgs) -> list[ConfigFile]:
    found = [
        files.config("static", traefik_config.static(args.config), traefik_config.STATIC_PATH),
        files.config("dynamic", traefik_config.dynamic(args.config), traefik_config.DYNAMIC_PATH),
    ]
    certificate = args.config.certificate
    if isinstance(certificate, Acme) and certificate.ca_certificates:
        found.append(files.config("acme-ca", certificate.ca_certificates, traefik_acme.ACME_CA_PATH))
    return found


def _secret_files(files: ServiceFiles, args: TraefikArgs) -> tuple[dict[str, str], list[SecretFile]]:
    """The variables that Traefik is started with, and every file that holds a secret."""
    variables, secrets = dict(args.environment), []
    if args.own_certificate:
        secrets += [
            files.secret("certificate", args.own_certificate.certificate, traefik_config.CERTIFICATE_PATH),
            files.secret("key", args.own_certificate.key, traefik_config.KEY_PATH, mode=ROOT_ONLY),
        ]
    if args.users is not None:
        secrets.append(files.secret("users", args.users, traefik_config.USERS_PATH, mode=ROOT_ONLY))
    for variable, value in sorted(args.secret_file_environment.items()):
        name = variable.lower().replace("_", "-")
        file = files.secret(name, value, mode=ROOT_ONLY)
        secrets.append(file)
        variables[variable] = file.path
    return variables, secrets


def _host_ports(args: TraefikArgs) -> list[HostPort]:
    ports = [
        HostPort(args.http_port, traefik_config.HTTP),
        HostPort(args.config.https_port, traefik_config.HTTPS),
    ]
    return ports if args.gateway_port is None else [*ports, HostPort(args.gateway_port, traefik_config.GATEWAY)]


def _healthcheck() -> Healthcheck:
    return Healthcheck(
        test=("CMD", "traefik", "healthcheck", f"--configFile={traefik_config.STATIC_PATH}"),
        interval_seconds=3,
        timeout_seconds=3,
        retries=5,
        start_period_seconds=20,
    )
