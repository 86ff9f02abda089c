"""The Swarm stack `monitoring`: Netdata and what it discovers.

Gives the gate of its services, so that what needs them waits; None where all of them are switched off.
"""

from __future__ import annotations

import pulumi

from components.rollout import RolloutGate
from components.rollout_args import GatedService, RolloutGateArgs
from stacks.environment import Environment
from stacks.networks import Networks

STACK = "monitoring"
ROLLOUT_DEADLINE_SECONDS = 300


def deploy(environment: Environment, networks: Networks, opts: pulumi.ResourceOptions) -> RolloutGate | None:
    """Makes the services of this Swarm stack that are switched on."""
    group = pulumi.ComponentResource("llmproxy:stacks:Monitoring", STACK, {}, opts)
    gated = _services(environment, networks, group)
    if not gated:
        return None
    args = RolloutGateArgs(environment.settings.docker.host, gated, ROLLOUT_DEADLINE_SECONDS)
    return RolloutGate(STACK, args, pulumi.ResourceOptions(parent=group))


def _services(environment: Environment, networks: Networks, group: pulumi.Resource) -> list[GatedService]:
    """What the gate watches."""
    del environment, networks, group
    return []
