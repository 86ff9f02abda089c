"""What is known of the data before anything is made, and what the settings must not lead away from it.

Takes settings and secrets, gives the fingerprint of the data and the group that all of the Swarm stack `llmproxy-data`
belongs to. Apart from `data.py`, because it goes before everything else: what it refuses is refused before anything is
changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.fingerprint import DataFingerprint, DataFingerprintArgs
from stacks.environment import Environment
from stacks.settings import Settings

STACK = "llmproxy-data"


@dataclass(frozen=True)
class Memory:
    """What is known of the data before anything is made.

    Attributes:
        group: The parent of all that belongs to the data.
        fingerprint: What it refuses must be refused before anything is changed.
    """

    group: pulumi.ComponentResource
    fingerprint: DataFingerprint


def remember(environment: Environment, opts: pulumi.ResourceOptions) -> Memory:
    """Looks whether settings and secrets still fit the data, and says so where the settings keep it from looking."""
    for warning in _switched_off(environment):
        pulumi.log.warn(warning)
    group = pulumi.ComponentResource("llmproxy:stacks:Data", STACK, {}, opts)
    volume = None if environment.settings.postgres.external else environment.swarm_stack(STACK).member("db")
    return Memory(group, _fingerprint(environment, volume, pulumi.ResourceOptions(parent=group)))


def _fingerprint(environment: Environment, volume_name: str | None, child: pulumi.ResourceOptions) -> DataFingerprint:
    settings = environment.settings
    return DataFingerprint(
        "data",
        DataFingerprintArgs(
            docker_host=settings.docker.host,
            salt_key=environment.secrets.salt_key,
            volume_name=volume_name,
            volume_labels=environment.swarm_stack(STACK).labels,
            fixed=_fixed(settings),
            allow_new_volume=settings.postgres.allow_new_volume,
            allow_new_salt_key=settings.litellm.allow_new_salt_key,
        ),
        pulumi.ResourceOptions(parent=child.parent, protect=True),
    )


def _switched_off(environment: Environment) -> list[str]:
    """A line for each protection that a setting meant for one operation has switched off."""
    settings = environment.settings
    outcomes = {
        "postgres.allowNewVolume": "a data volume that vanished is made anew, empty",
        "litellm.allowNewSaltKey": "another salt key is taken, and what the old one encrypted is lost",
    }
    is_on = {
        "postgres.allowNewVolume": settings.postgres.allow_new_volume,
        "litellm.allowNewSaltKey": settings.litellm.allow_new_salt_key,
    }
    whole = f"{environment.project}:settings"
    return [
        f"Pulumi.{environment.stack}.yaml: {whole}.{path} is true, the protection is off: {outcome}; take it out after "
        f"this up: pulumi config rm --path {whole}.{path} --stack {environment.stack}"
        for path, outcome in outcomes.items()
        if is_on[path]
    ]


def _fixed(settings: Settings) -> dict[str, str]:
    """What leads to the data: another value would leave the volume behind, or ask it for what it does not know."""
    external = settings.postgres.external
    return {
        "namePrefix": settings.name_prefix,
        "postgres.database": settings.postgres.database,
        "postgres.user": settings.postgres.user,
        "postgres.external": f"{external.host}:{external.port}" if external else "none",
    }
