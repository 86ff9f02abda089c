"""A resource that does nothing: what the engine, the CLI and the Python processes cost by themselves."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class TrivialProvider(ResourceProvider):
    """Makes nothing, anywhere."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("trivial", props)


class Trivial(Resource, module="bench", name="Trivial"):
    """One of many."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TrivialProvider(), name, {"value": name}, opts)
