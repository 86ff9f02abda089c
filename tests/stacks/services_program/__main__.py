"""The services of our stacks without gateway and database: what the system tests of single services bring up."""

import pulumi
import pulumi_docker as docker

from components.rollout import RolloutGate
from components.rollout_args import RolloutGateArgs
from stacks import llmproxy, portainer, program, proxies
from stacks.environment import Environment
from stacks.handovers import Handovers
from stacks.networks import Networks

settings = program.read_settings()
environment = Environment(pulumi.get_project(), pulumi.get_stack(), settings, program.read_secrets(settings))
engine = docker.Provider("docker", host=settings.docker.host)
on_engine = pulumi.ResourceOptions(providers=[engine])
stack = environment.swarm_stack(llmproxy.STACK)
networks = Networks("networks", stack, with_agent=settings.portainer.enabled, opts=on_engine)
portainer.deploy(environment, networks, on_engine)
group = pulumi.ComponentResource("llmproxy:stacks:Llmproxy", llmproxy.STACK, {}, on_engine)
gated = proxies.deploy(environment, networks, stack, Handovers({}, {}), group)
if gated:
    args = RolloutGateArgs(settings.docker.host, gated, 90, secret_values=proxies.secret_values(environment))
    RolloutGate(llmproxy.STACK, args, pulumi.ResourceOptions(parent=group))
