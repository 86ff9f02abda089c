"""A Pulumi program of the ingress only, with an echo behind two host names and the gateway's port.

Networks, Traefik and socket proxy are those of the whole program; the echo stands for the services and has their
labels.
"""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_docker as docker

from airgap.images import content, table
from components.healthcheck import Healthcheck, python_http_test
from components.service import Service
from components.service_args import NetworkAttachment, ServiceArgs
from components.service_files import ServiceFiles
from stacks import edge, portainer, program
from stacks.environment import Environment
from stacks.ingress import Ingress
from stacks.networks import Networks

ECHO, PORT = "/etc/echo.py", 8000
SERVICES = ("antigravity-manager", "netdata", "litellm")

settings = program.read_settings()
environment = Environment(pulumi.get_project(), pulumi.get_stack(), settings, program.read_secrets(settings))
engine = pulumi.ResourceOptions(providers=[docker.Provider("docker", host=settings.docker.host)])
stack = environment.swarm_stack("llmproxy")
networks = Networks(
    "networks",
    stack,
    with_socket_proxy=settings.has_socket_proxy,
    existing_public=edge.existing_network(settings),
    opts=engine,
)
group = pulumi.ComponentResource("llmproxy:tests:Echo", "echo-group", {}, engine)
routes = Ingress(settings)
Service(
    "echo",
    ServiceArgs(
        stack=stack,
        name="echo",
        image=content.base_tag(table.FOLDER),
        command=["python3", ECHO],
        args=[str(PORT)],
        networks=[NetworkAttachment(networks.public, ["echo"])],
        configs=[ServiceFiles("echo", stack, group).config("program", Path("echo.py").read_text(), ECHO)],
        healthcheck=Healthcheck(python_http_test(port=PORT, path="/", timeout_seconds=3), 2, 3, 5, 20),
        labels={label: text for name in SERVICES for label, text in routes.labels(name, None, PORT).items()},
        stop_grace_seconds=10,
    ),
    pulumi.ResourceOptions(parent=group),
)
portainer.deploy(environment, networks, engine)
