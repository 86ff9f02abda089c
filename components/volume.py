"""A named volume, with the token by which it is recognised.

Takes name and token, gives the name. The token comes from `DataFingerprint`, which looks for it on every refresh.
Changes of the labels are ignored: each would replace the volume, and its data with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker

from components.naming import VOLUME_TOKEN_LABEL


@dataclass(frozen=True)
class VolumeArgs:
    """What a volume is.

    Attributes:
        name: Its name on the node.
        token: The fingerprint's `volume_token`.
        protect: True: Pulumi refuses to delete it.
        labels: Who owns it.
    """

    name: str
    token: pulumi.Input[str]
    protect: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)


class Volume(pulumi.ComponentResource):
    """A named volume; see the module."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: VolumeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:swarm:Volume", name, {}, opts)
        labels: dict[str, pulumi.Input[str]] = {**args.labels, VOLUME_TOKEN_LABEL: args.token}
        volume = docker.Volume(
            name,
            name=args.name,
            labels=[docker.VolumeLabelArgs(label=key, value=value) for key, value in sorted(labels.items())],
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, ignore_changes=["labels"]),
        )
        self.name = volume.name
        self.register_outputs({"name": self.name})
