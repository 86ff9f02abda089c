"""A Swarm config: a file that is no secret.

Takes the text, gives id and name. A config cannot be changed in a Swarm, so the name is left to Pulumi: a new text is
a new config, the service moves to it, and the old one is removed afterwards.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True)
class ConfigArgs:
    """The file's content."""

    text: pulumi.Input[str]


class Config(pulumi.ComponentResource):
    """A Swarm config; see the module."""

    config_id: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: ConfigArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:swarm:Config", name, {}, opts)
        text = pulumi.Output.from_input(args.text)
        config = docker.ServiceConfig(
            name,
            data=text.apply(lambda plain: base64.b64encode(plain.encode()).decode()),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_id = config.id
        self.name = config.name
        self.register_outputs({"config_id": self.config_id, "name": self.name})
