"""After a service's own key has changed: the clone of the handover goes (`handover.py`, ADR 12).

Takes the same service and credentials, and how often a handover has begun. Depends on the credentials, which by then
name the service and its new key again; waits until no worker asks the clone any more, then removes it. A clone that a
killed run left shows in the next preview as `present => none`.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import ReadResult, Resource

from components.engine_connection import connect
from components.handover_clone import remove
from components.handover_spec import clone_name
from components.provider_border import parse
from components.swarm_provider import Props
from litellm_resources.provider import owner_now
from stacks.handover_base import HandoverArgs, HandoverSide, ServiceInputs

NONE = "none"
PRESENT = "present"


class HandoverEndInputs(ServiceInputs):
    """The inputs; `clone` is what a refresh finds."""

    begun: int
    clone: str


class HandoverEndProvider(HandoverSide):
    """Removes the clone at create, update and delete."""

    compared = ("docker_host", "service_name", "begun", "clone")

    def converge(self, wanted: Props, last: Props) -> Props:
        inputs = parse(HandoverEndInputs, wanted)
        former = parse(HandoverEndInputs, last) if last else inputs
        with self.told(inputs), connect(inputs.docker_host) as api:
            if last and api.service(clone_name(former.service_name)) is not None:
                detour = self.detour(inputs)
                if detour.in_use():
                    detour.wait_until_left()
            remove(api, former.service_name)
        return {}

    def look(self, id_: str, last: Props) -> ReadResult | None:
        inputs = parse(HandoverEndInputs, last)
        with connect(inputs.docker_host) as api:
            found = api.service(clone_name(inputs.service_name))
        live: Props = {**last, "clone": NONE if found is None else PRESENT}
        return ReadResult(id_, live, dict(live))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        inputs = parse(HandoverEndInputs, _props)
        with self.told(inputs), connect(inputs.docker_host) as api:
            remove(api, inputs.service_name)


class HandoverEnd(Resource, module="swarm", name="HandoverEnd"):
    """The second half of a handover; see the module."""

    def __init__(
        self, name: str, args: HandoverArgs, begun: pulumi.Input[int], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        props = {**args.props(owner_now()), "begun": begun, "clone": NONE}
        super().__init__(HandoverEndProvider(), name, props, opts)
