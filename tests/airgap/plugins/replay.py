"""Sends recorded calls of the official plugins through our servicer, as protobuf messages, and gives the answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime import proto

from airgap.plugins.plugin import Plugin
from airgap.plugins.serving import Servicer

FIXTURES = Path(__file__).parents[2] / "fixtures" / "docker_provider"
REQUESTS = {
    "CheckConfig": proto.CheckRequest,
    "DiffConfig": proto.DiffRequest,
    "Configure": proto.ConfigureRequest,
    "Check": proto.CheckRequest,
    "Diff": proto.DiffRequest,
    "Create": proto.CreateRequest,
    "Read": proto.ReadRequest,
    "Update": proto.UpdateRequest,
    "Delete": proto.DeleteRequest,
}


def recording() -> list[dict[str, Any]]:
    """Returns all recorded calls: one `up` with its preview, one update, one destroy.

    One answer is an error, command's to DiffConfig (not implemented); it is recorded with an empty response beside it,
    which means the same to the engine and is what ours answers.
    """
    lines = (FIXTURES / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def recorded_state() -> list[dict[str, Any]]:
    """Returns the resources in the state that the official plugins wrote, each with type, id, inputs and outputs."""
    state: list[dict[str, Any]] = json.loads((FIXTURES / "state.json").read_text(encoding="utf-8"))
    return state


def provider_of(entry: dict[str, Any]) -> str:
    """Returns the provider that a recorded call went to."""
    name: str = entry["type"].removeprefix("pulumi:providers:").split(":")[0]
    return name


def answer(plugin: Plugin, call: str, request: dict[str, Any]) -> dict[str, Any]:
    """Returns our answer to a recorded request, in the form of the recording."""
    message = json_format.ParseDict(request, REQUESTS[call](), ignore_unknown_fields=True)
    method = getattr(Servicer(plugin), call)
    response: dict[str, Any] = json_format.MessageToDict(_completed(method(message, None)))
    return response


def _completed(call: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner() as runner:
        return runner.run(call)
