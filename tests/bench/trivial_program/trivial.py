"""A resource that does nothing: what the engine, the CLI and the Python processes cost by themselves."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult


class TrivialProvider(ResourceProvider):
    """Makes nothing, anywhere."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("trivial", props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(_news)


class Trivial(Resource, module="bench", name="Trivial"):
    """One of many."""

    def __init__(self, name: str, value: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TrivialProvider(), name, {"value": value}, opts)
