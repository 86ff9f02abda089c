"""Before a service's own key changes: a clone with the old key takes its requests (ADR 12).

Takes the service, its secrets and the credentials that use its key. Does nothing at the first `up` and while the key
stays; when it changes, makes the clone from the live service, leads LiteLLM's credentials to it, and gives back when
every worker asks there. The service itself depends on this resource, so it changes only then. What a killed run left is
gone on with: a clone that LiteLLM uses stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from components.engine_connection import connect
from components.handover_clone import HandoverApi, Original, make, runs
from components.handover_spec import clone_name
from components.provider_border import parse
from components.swarm_provider import Props
from litellm_resources.provider import owner_now
from stacks.handover_base import HandoverArgs, HandoverSide, ServiceInputs


class HandoverInputs(ServiceInputs):
    """The inputs; `secret_files` by path."""

    key_file: str
    secret_files: dict[str, str]
    private_paths: list[str]
    begun: int = 0

    @property
    def key(self) -> str | None:
        return self.secret_files.get(self.key_file)


class HandoverProvider(HandoverSide):
    """Hands over at an update with another key; `begun` counts how often."""

    compared = ("docker_host", "service_name", "alias", "key_file", "secret_files", "private_paths", "credentials")

    def converge(self, wanted: Props, last: Props) -> Props:
        inputs = parse(HandoverInputs, wanted)
        before = parse(HandoverInputs, last) if last else inputs
        if before.key == inputs.key or before.service_name != inputs.service_name:
            return {"begun": before.begun}
        masked = [*before.secret_files.values(), *inputs.secret_files.values(), *self.config.secrets()]
        with self.told(inputs), connect(inputs.docker_host) as api:
            done = self._hand_over(api, before, inputs, masked)
        return {"begun": before.begun + 1 if done else before.begun}

    def _hand_over(
        self, api: HandoverApi, before: HandoverInputs, inputs: HandoverInputs, masked: Sequence[str]
    ) -> bool:
        detour, say = self.detour(inputs), partial(print, f"{inputs.service_name}:")
        if not detour.in_use():
            say("its key changes; LiteLLM uses it in no credential now, so nothing is handed over")
            return False
        if not (detour.begun() and runs(api, clone_name(inputs.service_name))):
            if not runs(api, inputs.service_name):
                say("its key changes; it does not run now, so nothing is handed over")
                return False
            say("its key changes; a clone with the old one takes its requests meanwhile")
            make(api, _original(before), masked=masked)
        detour.send()
        return True


class Handover(Resource, module="swarm", name="Handover"):
    """The first half of a handover; see the module."""

    begun: pulumi.Output[int]

    def __init__(self, name: str, args: HandoverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        files: pulumi.Output[Any] = pulumi.Output.all(**args.secret_files)
        props = {
            **args.props(owner_now()),
            "key_file": args.key_file,
            "secret_files": pulumi.Output.secret(files),
            "private_paths": sorted(args.private_paths),
            "begun": None,
        }
        super().__init__(HandoverProvider(), name, props, opts)


def _original(inputs: HandoverInputs) -> Original:
    return Original(inputs.service_name, inputs.alias, inputs.secret_files, frozenset(inputs.private_paths))
