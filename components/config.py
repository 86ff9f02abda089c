"""A Swarm config: a file that is no secret.

Takes the text, gives id and name. A config cannot be changed in a Swarm, so the name is left to Pulumi: a new text is
a new config, the service moves to it, and the old one is removed afterwards.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True)
class ConfigArgs:
    """What is kept.

    Attributes:
        text: The file's content.
        labels: Who owns it.
    """

    text: pulumi.Input[str]
    labels: Mapping[str, str] = field(default_factory=dict)


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
            labels=[
                docker.ServiceConfigLabelArgs(label=key, value=label) for key, label in sorted(args.labels.items())
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_id = config.id
        self.name = config.name
        self.register_outputs({"config_id": self.config_id, "name": self.name})
