"""The Swarm stack `llmproxy`: the gateway, the proxies that it asks, and its jobs.

Gives what everything that speaks to the gateway waits for, and the jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.rollout import RolloutGate
from components.rollout_args import RolloutGateArgs
from components.service_args import Resources
from components.services.litellm import PORT, Litellm
from components.services.litellm_args import LitellmArgs
from stacks import images, ingress, jobs, litellm_config, port_waits, proxies
from stacks.data import Data
from stacks.environment import Environment
from stacks.handovers import Handovers
from stacks.networks import Networks

STACK = "llmproxy"


@dataclass(frozen=True)
class Llmproxy:
    """What was made.

    Attributes:
        gate: What everything inside the gateway waits for.
        scheduled: The jobs.
    """

    gate: RolloutGate
    scheduled: Sequence[pulumi.Resource]


def deploy(
    environment: Environment, networks: Networks, data: Data, handovers: Handovers, opts: pulumi.ResourceOptions
) -> Llmproxy:
    """Makes the gateway once its database is ready, and what stands beside it."""
    group = pulumi.ComponentResource("llmproxy:stacks:Llmproxy", STACK, {}, opts)
    settings, gateway = environment.settings, environment.settings.litellm
    routes = ingress.Ingress(settings)
    litellm = Litellm(
        "litellm",
        LitellmArgs(
            stack=environment.swarm_stack(STACK),
            docker_host=settings.docker.host,
            image=images.litellm(settings),
            config_yaml=litellm_config.config_yaml(
                gateway, with_metrics=settings.netdata.enabled, redis=settings.redis
            ),
            environment=litellm_config.environment(
                gateway, offline=settings.image_source == "airgap", with_metrics=settings.netdata.enabled
            ),
            secret_environment=environment.secrets.gateway_variables,
            master_key=environment.secrets.master_key,
            salt_key=environment.secrets.salt_key,
            database=data.database,
            redis=data.redis,
            internal_network_id=networks.internal,
            network_ids=[networks.public, networks.monitoring],
            # Behind our Traefik, which publishes it, the gateway rolls start-first without a gap.
            host_port=None if routes.publishes_gateway else gateway.host_port,
            labels=routes.labels("litellm", gateway.host_name, PORT),
            replicas=gateway.replicas,
            workers=gateway.workers,
            start_period_seconds=gateway.start_period_seconds,
            longest_stream_seconds=gateway.longest_stream_seconds,
            resources=Resources(**gateway.resources.model_dump()),
            placement_constraints=gateway.placement_constraints,
            beginnings=data.beginnings,
            left_out_callbacks=litellm_config.left_out_callbacks(gateway, with_metrics=settings.netdata.enabled),
        ),
        pulumi.ResourceOptions(parent=group, depends_on=data.ready),
    )
    asked = proxies.deploy(environment, networks, environment.swarm_stack(STACK), handovers, group)
    beside = jobs.deploy(environment, networks, data, group)
    gate = RolloutGate(
        STACK,
        RolloutGateArgs(
            settings.docker.host,
            [litellm.gated, *asked, *beside.gated],
            port_waits.gateway_deadline(settings),
            port_waits.longest(settings),
            secret_values=[data.database.password, *proxies.secret_values(environment)],
        ),
        pulumi.ResourceOptions(parent=group),
    )
    return Llmproxy(gate, beside.scheduled)
