"""The upstream proxies of the Swarm stack `llmproxy`: Antigravity Manager and CLIProxyAPI, as they are switched on.

Gives what the stack's gate watches, and the secrets that must not show in the log lines which the gate quotes.
"""

from __future__ import annotations

import pulumi

from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service_args import Resources
from components.services import antigravity_manager, cli_proxy_api
from components.services.antigravity_manager import AntigravityManager, AntigravityManagerArgs
from components.services.cli_proxy_api import CliProxyApi, CliProxyApiArgs
from components.volume import Volume, VolumeArgs
from stacks import cli_proxy_config, derived_secrets, images
from stacks.environment import Environment
from stacks.handovers import Handovers
from stacks.ingress import Ingress
from stacks.networks import Networks
from stacks.settings import Settings


def deploy(
    environment: Environment, networks: Networks, stack: SwarmStack, handovers: Handovers, group: pulumi.Resource
) -> list[GatedService]:
    """Makes the proxies that are switched on; one whose key LiteLLM uses changes after its handover has begun."""

    def child(service: str) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=group, depends_on=handovers.before(service))

    settings, gated = environment.settings, []
    if settings.antigravity_manager.enabled:
        gated.append(_antigravity_manager(environment, networks, stack, child("antigravity-manager")).gated)
    if settings.cli_proxy_api.enabled:
        gated.append(_cli_proxy_api(environment, networks, stack, child("cli-proxy-api")).gated)
    return gated


def secret_values(environment: Environment) -> list[pulumi.Output[str]]:
    """The secrets of the proxies that are switched on."""
    return [derived_secrets.secret(environment, name) for name in _secret_names(environment.settings)]


def _secret_names(settings: Settings) -> list[str]:
    names = []
    if settings.antigravity_manager.enabled:
        names += ["antigravity-api-key", "antigravity-web-password"]
    if settings.cli_proxy_api.enabled:
        names += ["cli-proxy-api-key", "cli-proxy-api-management-key"]
    return names


def _antigravity_manager(
    environment: Environment, networks: Networks, stack: SwarmStack, child: pulumi.ResourceOptions
) -> AntigravityManager:
    settings, ours = environment.settings, environment.settings.antigravity_manager
    return AntigravityManager(
        "antigravity-manager",
        AntigravityManagerArgs(
            stack=stack,
            image=images.choose(settings, "antigravity-manager", ours.image),
            api_key=derived_secrets.secret(environment, "antigravity-api-key"),
            web_password=derived_secrets.secret(environment, "antigravity-web-password"),
            volume_name=_volume("antigravity-manager", stack, child),
            internal_network_id=networks.internal,
            network_ids=[networks.public, networks.monitoring],
            max_body_mib=ours.max_body_mib,
            resources=Resources(**ours.resources.model_dump()),
            placement_constraints=ours.placement_constraints,
            labels=Ingress(settings).labels("antigravity-manager", ours.host_name, antigravity_manager.PORT),
        ),
        child,
    )


def _cli_proxy_api(
    environment: Environment, networks: Networks, stack: SwarmStack, child: pulumi.ResourceOptions
) -> CliProxyApi:
    settings, ours = environment.settings, environment.settings.cli_proxy_api
    return CliProxyApi(
        "cli-proxy-api",
        CliProxyApiArgs(
            stack=stack,
            image=images.choose(settings, "cli-proxy-api", ours.image),
            declared=cli_proxy_config.text(ours.config),
            api_key=derived_secrets.secret(environment, "cli-proxy-api-key"),
            management_key=derived_secrets.secret(environment, "cli-proxy-api-management-key"),
            config_volume=_volume("cli-proxy-api-config", stack, child),
            auth_volume=_volume("cli-proxy-api-auth", stack, child),
            internal_network_id=networks.internal,
            network_ids=[networks.public, networks.monitoring],
            resources=Resources(**ours.resources.model_dump()),
            placement_constraints=ours.placement_constraints,
            labels=Ingress(settings).labels("cli-proxy-api", ours.host_name, cli_proxy_api.PORT),
        ),
        child,
    )


def _volume(name: str, stack: SwarmStack, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """A volume that outlives the service when that is switched off."""
    return Volume(name, VolumeArgs(stack.member(name), protect=False, retain=True, labels=stack.labels), child).name
