"""The Swarm stack `portainer`: the ingress (Traefik) and Portainer with its agents.

Gives the gate of its services, so that what needs them waits; None where all of them are switched off.
"""

from __future__ import annotations

import pulumi

from components.rollout import RolloutGate
from components.rollout_args import GatedService, RolloutGateArgs
from components.service_args import Resources
from components.services import portainer as portainer_service
from components.services.portainer import Portainer, PortainerArgs
from components.services.portainer_agent import PortainerAgent, PortainerAgentArgs
from components.volume import Volume, VolumeArgs
from stacks import derived_secrets, edge, images, port_waits
from stacks.environment import Environment
from stacks.ingress import Ingress
from stacks.networks import Networks

STACK = "portainer"
AGENTS_DEADLINE_SECONDS = 300


def deploy(environment: Environment, networks: Networks, opts: pulumi.ResourceOptions) -> RolloutGate | None:
    """Makes the services of this Swarm stack that are switched on."""
    settings = environment.settings
    if not (settings.portainer.enabled or settings.has_socket_proxy):
        return None
    group = pulumi.ComponentResource("llmproxy:stacks:Portainer", STACK, {}, opts)
    gated = _services(environment, networks, group)
    args = RolloutGateArgs(
        settings.docker.host,
        gated,
        port_waits.ingress_deadline(settings),
        port_waits.longest(settings),
        secret_values=_secret_values(environment),
    )
    return RolloutGate(STACK, args, pulumi.ResourceOptions(parent=group))


def _services(environment: Environment, networks: Networks, group: pulumi.Resource) -> list[GatedService]:
    """What the gate watches."""
    return [
        *edge.deploy(environment, networks, environment.swarm_stack(STACK), group),
        *_portainer(environment, networks, pulumi.ResourceOptions(parent=group)),
    ]


def _secret_values(environment: Environment) -> list[pulumi.Output[str]]:
    """What the log lines that the gate quotes must not show."""
    names = ("portainer-admin-password", "portainer-agent-secret") if environment.settings.portainer.enabled else ()
    return [*(derived_secrets.secret(environment, name) for name in names), *environment.secrets.ingress.values()]


def _portainer(environment: Environment, networks: Networks, child: pulumi.ResourceOptions) -> list[GatedService]:
    settings, ours, stack = environment.settings, environment.settings.portainer, environment.swarm_stack(STACK)
    if not ours.enabled or networks.agent is None:
        return []
    agent_secret = derived_secrets.secret(environment, "portainer-agent-secret")
    agents = _agents(environment, networks.agent, agent_secret, child)
    volume = VolumeArgs(stack.member("portainer"), protect=False, retain=True, labels=stack.labels)
    portainer = Portainer(
        "portainer",
        PortainerArgs(
            stack=stack,
            image=images.choose(settings, "portainer", ours.image),
            admin_password=derived_secrets.secret(environment, "portainer-admin-password"),
            agent_secret=agent_secret,
            volume_name=Volume("portainer", volume, child).name,
            network_ids=[networks.public],
            agent_network_id=networks.agent,
            resources=Resources(**ours.resources.model_dump()),
            placement_constraints=ours.placement_constraints,
            labels=Ingress(settings).labels("portainer", ours.host_name, portainer_service.PORT),
        ),
        # At its first start Portainer asks an agent, and ends where none answers.
        pulumi.ResourceOptions(parent=child.parent, depends_on=[agents]),
    )
    return [portainer.gated]


def _agents(
    environment: Environment, network_id: pulumi.Output[str], secret: pulumi.Output[str], child: pulumi.ResourceOptions
) -> RolloutGate:
    """Makes the agents; gives a gate of their own, for which Portainer waits."""
    settings, ours = environment.settings, environment.settings.portainer.agent
    agent = PortainerAgent(
        "agent",
        PortainerAgentArgs(
            stack=environment.swarm_stack(STACK),
            image=images.choose(settings, "portainer-agent", ours.image),
            secret=secret,
            network_id=network_id,
            volumes_path=ours.volumes_path,
            resources=Resources(**ours.resources.model_dump()),
            placement_constraints=ours.placement_constraints,
        ),
        child,
    )
    args = RolloutGateArgs(settings.docker.host, [agent.gated], AGENTS_DEADLINE_SECONDS, secret_values=[secret])
    return RolloutGate("portainer-agents", args, child)
