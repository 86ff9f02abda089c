"""Remembers what must not vanish: the data volume and the salt key.

Takes the volume's name and the salt key, gives the token that marks the volume. `protect` does not help when a volume
is removed behind our back: a refresh drops it, and `up` makes an empty one. So this resource makes the volume with a
random token, looks for it on every refresh, and stops the run when it is gone. It depends on nothing, so that it
survives `make down`; of the salt key it keeps a slow hash only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, ReadResult, Resource
from pydantic import JsonValue

from components import fingerprint_rules as rules
from components.docker_engine import SwarmApi
from components.engine_connection import connect
from components.errors import DataMismatch
from components.naming import VOLUME_TOKEN_LABEL
from components.provider_border import ProviderInputs, in_teardown, is_unknown, parse, without_provider
from components.swarm_provider import Props, SwarmProvider

SALT_FINGERPRINT = "salt_fingerprint"


@dataclass(frozen=True)
class DataFingerprintArgs:
    """What is remembered.

    Attributes:
        docker_host: Address of the engine that holds the volume.
        salt_key: LiteLLM's salt key; only its hash reaches the state.
        volume_name: The volume; None where the database is run by others.
        volume_labels: Labels that the volume gets beside its token.
        fixed: Settings that may not change once the volume is filled, by their path.
        allow_new_volume: For one up: start with an empty volume, or take a foreign one over.
        allow_new_salt_key: For one up: accept another salt key.
        volume_setting: Path of the setting behind allow_new_volume, for the refresh and for error texts.
        salt_key_setting: Likewise for allow_new_salt_key.
    """

    docker_host: str
    salt_key: pulumi.Input[str]
    volume_name: str | None = None
    volume_labels: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    allow_new_volume: bool = False
    allow_new_salt_key: bool = False
    volume_setting: str = "postgres.allowNewVolume"
    salt_key_setting: str = "litellm.allowNewSaltKey"


class FingerprintInputs(ProviderInputs):
    """The inputs, and the token once it is made; an empty volume name is none."""

    docker_host: str
    volume_name: str
    volume_labels: dict[str, str]
    fixed: dict[str, str]
    allow_new_volume: bool
    allow_new_salt_key: bool
    volume_setting: str
    salt_key_setting: str
    salt_fingerprint: str
    volume_token: str = ""


class DataFingerprintProvider(SwarmProvider):
    """Compares in check, makes the volume in create, looks for it in read."""

    compared = ("docker_host", "fixed", "volume_name", SALT_FINGERPRINT)

    def identity(self, wanted: Props) -> str:
        return parse(FingerprintInputs, wanted).volume_name or "salt-key"

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        checked = without_provider(news)
        free = in_teardown() or is_unknown(checked) or SALT_FINGERPRINT not in _olds
        return CheckResult(checked, [] if free else changes_refused(_olds, checked))

    def converge(self, wanted: Props, last: Props) -> Props:
        inputs = parse(FingerprintInputs, wanted)
        # From an external database to ours: the volume is new, its memory is not.
        kept = inputs.volume_name == last.get("volume_name")
        return {"volume_token": last["volume_token"] if kept else _made_volume(inputs)}

    def look(self, _id: str, last: Props) -> ReadResult | None:
        inputs = parse(FingerprintInputs, last)
        if not inputs.volume_name:
            return None
        with connect(inputs.docker_host) as api:
            problem = missing_volume(api, inputs)
        if problem is None:
            return None
        # The state holds yesterday's inputs; whether it is allowed now stands in the stack config.
        if self.config.setting(inputs.volume_setting) is True:
            return ReadResult("", {})
        raise DataMismatch(problem)


class DataFingerprint(Resource, module="swarm", name="DataFingerprint"):
    """The memory of volume and salt key; see the module."""

    volume_token: pulumi.Output[str]

    def __init__(self, name: str, args: DataFingerprintArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        owner = f"{pulumi.get_project()}/{pulumi.get_stack()}"
        salt = pulumi.Output.from_input(args.salt_key).apply(lambda key: rules.fingerprint(key, owner=owner))
        props = {
            "docker_host": args.docker_host,
            # The slow hash tells nothing of the key, so it may stand in the state and in a preview.
            SALT_FINGERPRINT: pulumi.Output.unsecret(salt),
            "volume_name": args.volume_name or "",
            "volume_labels": dict(args.volume_labels),
            "fixed": dict(args.fixed),
            "allow_new_volume": args.allow_new_volume,
            "allow_new_salt_key": args.allow_new_salt_key,
            "volume_setting": args.volume_setting,
            "salt_key_setting": args.salt_key_setting,
            "volume_token": None,
        }
        super().__init__(DataFingerprintProvider(), name, props, opts)


def changes_refused(olds: Mapping[str, JsonValue], news: Mapping[str, JsonValue]) -> list[CheckFailure]:
    """Gives a failure for each thing that changed and may not."""
    old, new = parse(FingerprintInputs, olds), parse(FingerprintInputs, news)
    salt = rules.salt_key_problem(old.salt_fingerprint, new.salt_fingerprint, setting=new.salt_key_setting)
    fixed = rules.fixed_problem(old.fixed, new.fixed, setting=new.volume_setting)
    failures = []
    if salt and not new.allow_new_salt_key:
        failures.append(CheckFailure("", salt))
    if fixed and old.volume_name and not new.allow_new_volume:
        failures.append(CheckFailure("", fixed))
    return failures


def _made_volume(inputs: FingerprintInputs) -> str:
    if not inputs.volume_name:
        return ""
    with connect(inputs.docker_host) as api:
        return make_volume(api, inputs)


def make_volume(api: SwarmApi, inputs: FingerprintInputs) -> str:
    """Makes the volume and gives its token, so that between the two no killed run can leave a gap.

    Raises:
        DataMismatch: A volume of that name is there, and taking it over is not allowed.
    """
    labels = api.volume_labels(inputs.volume_name)
    if labels is None:
        token = rules.new_token()
        api.create_volume(inputs.volume_name, {**inputs.volume_labels, VOLUME_TOKEN_LABEL: token})
        return token
    if not inputs.allow_new_volume:
        raise DataMismatch(rules.foreign_volume_problem(inputs.volume_name, setting=inputs.volume_setting))
    return labels.get(VOLUME_TOKEN_LABEL, "")


def missing_volume(api: SwarmApi, inputs: FingerprintInputs) -> str | None:
    """Says what is wrong with the volume; None when it carries the token."""
    return rules.volume_problem(
        inputs.volume_name,
        token=inputs.volume_token,
        labels=api.volume_labels(inputs.volume_name),
        label=VOLUME_TOKEN_LABEL,
        setting=inputs.volume_setting,
    )
