"""A named volume, with the token by which it is recognised.

Takes name and token, gives the name. The token comes from `DataFingerprint`, which looks for it on every refresh.
Changes of the labels are ignored: each would replace the volume, and its data with it. A volume that leaves the program
because its service is switched off stays on the engine; switched on again, the service finds it (Docker's create gives
a volume that is there).
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
        token: The fingerprint's `volume_token`; None for a volume that is not fingerprinted.
        protect: True: Pulumi refuses to delete it.
        retain: True: Pulumi forgets it when the program no longer names it, and the engine keeps it.
        labels: Who owns it.
    """

    name: str
    token: pulumi.Input[str] | None = None
    protect: bool = True
    retain: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


class Volume(pulumi.ComponentResource):
    """A named volume; see the module."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: VolumeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:swarm:Volume", name, {}, opts)
        labels: dict[str, pulumi.Input[str]] = {**args.labels}
        if args.token is not None:
            labels[VOLUME_TOKEN_LABEL] = args.token
        volume = docker.Volume(
            name,
            name=args.name,
            labels=[docker.VolumeLabelArgs(label=key, value=value) for key, value in sorted(labels.items())],
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.protect, retain_on_delete=args.retain, ignore_changes=["labels"]
            ),
        )
        self.name = volume.name
        self.register_outputs({"name": self.name})
