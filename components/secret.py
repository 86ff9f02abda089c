"""A Swarm secret.

Takes the value, gives id and name. Like a config it is never changed but replaced under a new name. The value is
marked secret here as well, so that a caller who forgot cannot put it into the state in clear.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True)
class SecretArgs:
    """What is kept.

    Attributes:
        value: The secret as the container reads it.
        labels: Who owns it; never anything about the value.
        keeps_first: True: another value later makes no other secret. For what is read once, when something is made.
    """

    value: pulumi.Input[str]
    labels: Mapping[str, str] = field(default_factory=dict)
    keeps_first: bool = False


class Secret(pulumi.ComponentResource):
    """A Swarm secret; see the module."""

    secret_id: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:swarm:Secret", name, {}, opts)
        value: pulumi.Output[str] = pulumi.Output.secret(args.value)
        secret = docker.Secret(
            name,
            # Standard base64: the provider refuses the URL-safe kind and prints the refused value in clear.
            data=value.apply(lambda plain: base64.b64encode(plain.encode()).decode()),
            labels=[docker.SecretLabelArgs(label=key, value=text) for key, text in sorted(args.labels.items())],
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["data"] if args.keeps_first else []),
        )
        self.secret_id = secret.id
        self.name = secret.name
        self.register_outputs({"secret_id": self.secret_id, "name": self.name})
