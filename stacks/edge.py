"""The ingress of this installation: Traefik, and the socket proxy through which it and others read the Docker API.

Takes settings and secrets, makes the services that are switched on, gives what the gate of their Swarm stack watches.
"""

from __future__ import annotations

import pulumi

from components import manager
from components.foreign_network import ForeignNetworkArgs
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service_args import Resources
from components.services import socket_proxy
from components.services.socket_proxy import SocketProxy, SocketProxyArgs
from components.services.traefik import OwnCertificate, Traefik, TraefikArgs
from components.services.traefik_acme import Acme
from components.services.traefik_config import IngressConfig
from components.volume import Volume, VolumeArgs
from stacks import basic_auth, cloudflare_addresses, host_names, images, secret_needs
from stacks.environment import Environment
from stacks.ingress import Ingress
from stacks.networks import Networks
from stacks.settings import Settings

DNS_TOKEN_VARIABLE = "CF_DNS_API_TOKEN_FILE"  # noqa: S105  a variable's name


def existing_network(settings: Settings) -> ForeignNetworkArgs | None:
    """The network of a Traefik of others, where one routes our services."""
    existing = settings.ingress.existing
    return ForeignNetworkArgs(settings.docker.host, existing.network, "ingress.existing.network") if existing else None


def deploy(
    environment: Environment, networks: Networks, stack: SwarmStack, group: pulumi.Resource
) -> list[GatedService]:
    """Makes the services that are switched on, in the Swarm stack that they belong to."""
    settings, child = environment.settings, pulumi.ResourceOptions(parent=group)
    if networks.socket_proxy is None:
        return []
    ours = settings.socket_proxy
    args = SocketProxyArgs(
        stack=stack,
        image=images.choose(settings, "socket-proxy", ours.image),
        # A network of its own: who reaches the proxy reads every service's spec.
        network_ids=[networks.socket_proxy],
        replicas=ours.replicas,
        resources=Resources(**ours.resources.model_dump()),
        placement_constraints=ours.placement_constraints,
    )
    proxy = SocketProxy("socket-proxy", args, child)
    if not settings.traefik.enabled:
        return [proxy.gated]
    network_ids = [networks.public, networks.socket_proxy]
    return [proxy.gated, _traefik(environment, network_ids, stack, child).gated]


def _traefik(
    environment: Environment,
    network_ids: list[pulumi.Output[str]],
    stack: SwarmStack,
    child: pulumi.ResourceOptions,
) -> Traefik:
    settings, ours, secrets = environment.settings, environment.settings.traefik, environment.secrets.ingress
    token = secrets.get(secret_needs.DNS_TOKEN)
    return Traefik(
        "traefik",
        TraefikArgs(
            stack=stack,
            image=images.choose(settings, "traefik", ours.image),
            config=_config(settings),
            network_ids=network_ids,
            http_port=ours.http_port,
            gateway_port=settings.litellm.host_port,
            host_names=sorted(host_names.by_service(settings).values()),
            volume_name=_volume(settings, stack, child),
            own_certificate=_own_certificate(environment),
            users=basic_auth.users_file(environment) if host_names.by_password(settings) else None,
            environment=ours.environment,
            secret_file_environment={DNS_TOKEN_VARIABLE: token} if token is not None else {},
            replicas=ours.replicas,
            resources=Resources(**ours.resources.model_dump()),
            # The DNS names one node, and the certificates are in a volume of one node.
            placement_constraints=ours.placement_constraints or [manager.ON_A_MANAGER],
        ),
        child,
    )


def _config(settings: Settings) -> IngressConfig:
    routes, ours = Ingress(settings), settings.traefik
    return IngressConfig(
        network=routes.network,
        endpoint=socket_proxy.endpoint(),
        https_port=ours.https_port,
        certificate=_acme(settings) if settings.ingress.certificate == "acme" else settings.ingress.certificate,
        gateway=routes.gateway,
        gateway_middlewares=routes.names_before_host_port,
        middlewares=routes.file_middlewares,
        dashboard_host=host_names.by_service(settings)["traefik"] if ours.dashboard else None,
        dashboard_middlewares=routes.names_before("traefik"),
        trusted_addresses=cloudflare_addresses.RANGES if settings.ingress.trust_cloudflare_addresses else (),
        access_log=ours.access_log,
        log_level=ours.log_level,
        drain_seconds=ours.drain_seconds,
    )


def _acme(settings: Settings) -> Acme:
    acme = settings.ingress.acme
    if acme.email is None:
        raise ValueError("ingress.certificate acme without an e-mail address passed the checks of the settings")
    return Acme(
        email=acme.email,
        server=acme.server,
        ca_certificates=acme.ca_certificates,
        dns_provider="cloudflare" if acme.challenge == "dns-cloudflare" else None,
        resolvers=acme.resolvers,
        certificate_hours=acme.certificate_hours,
        another_try_url=socket_proxy.another_every(acme.another_try_minutes * 60),
    )


def _volume(settings: Settings, stack: SwarmStack, child: pulumi.ResourceOptions) -> pulumi.Output[str] | None:
    if settings.ingress.certificate != "acme":
        return None
    args = VolumeArgs(stack.member("traefik-acme"), protect=False, retain=True, labels=stack.labels)
    return Volume("traefik-acme", args, child).name


def _own_certificate(environment: Environment) -> OwnCertificate | None:
    secrets = environment.secrets.ingress
    if secret_needs.CERTIFICATE not in secrets:
        return None
    return OwnCertificate(secrets[secret_needs.CERTIFICATE], secrets[secret_needs.CERTIFICATE_KEY])
