"""A recording stand-in for Pulumi's engine.

`drained(build)` runs a builder to its end and gives the `Engine`, which has seen every registration. Assert on that;
an assert inside an `apply` of an undecorated test passes silently.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn
from unittest import mock

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, resource, set_mocks
from pulumi.runtime.proto import source_pb2

# Outputs that a real provider computes and that a builder goes on with.
COMPUTED: dict[str, dict[str, Any]] = {
    "random:index/randomPassword:RandomPassword": {"result": "generated-password"},
    "pulumi-python:dynamic/swarm:DataFingerprint": {"volume_token": "volume-token"},
    "pulumi-python:dynamic/swarm:DatabaseIdentity": {"system_identifier": "7000000000000000000"},
}
SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"


@dataclass(frozen=True)
class Recorded:
    """One registration."""

    type: str
    name: str
    inputs: dict[str, Any]

    def plain(self, key: str) -> Any:
        """Gives an input with its secrets unwrapped."""
        return unwrapped(self.inputs.get(key))

    def is_secret(self, key: str) -> bool:
        value = self.inputs.get(key)
        return isinstance(value, dict) and SECRET_SIGNATURE in value


@dataclass
class Engine(Mocks):
    """Records what is registered; ids are `<name>-id`, outputs are the inputs."""

    resources: list[Recorded] = field(default_factory=list)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources.append(Recorded(args.typ, args.name, dict(args.inputs)))
        return f"{args.name}-id", {"name": f"{args.name}-0000000", **args.inputs, **COMPUTED.get(args.typ, {})}

    def call(self, args: MockCallArgs) -> NoReturn:
        raise AssertionError(f"no component calls the provider: {args.token}")

    def of_type(self, token: str) -> dict[str, Recorded]:
        return {resource.name: resource for resource in self.resources if resource.type == token}

    def one(self, token: str) -> Recorded:
        (found,) = self.of_type(token).values()
        return found


def unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return unwrapped(value["value"])
        return {key: unwrapped(part) for key, part in value.items()}
    if isinstance(value, list):
        return [unwrapped(part) for part in value]
    return value


def drained(build: Callable[[], object], stack: str = "test") -> Engine:
    """Runs the builder under the recorder until every registration is in."""
    engine = Engine()
    # Pulumi takes the thread's current loop, and a test before may have removed it.
    asyncio.set_event_loop(_loop())
    set_mocks(engine, project="llmproxy", stack=stack)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]  # Pulumi gives it no types
    def run() -> None:
        build()

    # Where in the source each resource is made takes a third of the time, and the recorder has no use for it.
    with mock.patch.object(resource, "_get_stack_trace", source_pb2.StackTrace):
        run()
    return engine


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all builders: what a failed one left pending must not be collected with a closed loop."""
    return asyncio.new_event_loop()
