"""The border between Pulumi's dynamic providers and our logic.

Takes property bags and exceptions as Pulumi has them, gives typed inputs and one clear message. Apart, so that each
provider is a thin shell.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import pulumi
from pulumi.dynamic import ConfigureRequest
from pulumi.runtime import rpc
from pydantic import BaseModel, ConfigDict, JsonValue  # noqa: TID251  the base itself

from components.errors import SwarmError

PROVIDER_KEY = "__provider"
TEARDOWN = "LLMPROXY_TEARDOWN"
SETTINGS_KEY = "llmproxy:settings"
PULUMI_KEYS = "pulumi:"
# A switch or a short number: no secret, and hiding it would spoil every text that holds it.
NO_SECRET = re.compile(r"true|false|null|\d{0,5}")
# Shorter texts inside a secret document say what it is, not what is secret in it.
SHORTEST_PART = 8


class ProviderInputs(BaseModel):
    """Base of every provider's inputs: frozen, nothing unknown. Not strict: Pulumi sends every number as a float."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Inputs = TypeVar("Inputs", bound=ProviderInputs)


def without_provider(props: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Leaves out the reference to the provider class that Pulumi keeps among the properties."""
    return {key: value for key, value in props.items() if key != PROVIDER_KEY}


def parse(model: type[Inputs], props: Mapping[str, JsonValue]) -> Inputs:
    """Reads those properties that the model knows: the state holds outputs as well."""
    return model.model_validate({key: value for key, value in props.items() if key in model.model_fields})


def is_unknown(value: JsonValue) -> bool:
    """Says whether a preview does not know this value, or a part of it, yet."""
    if isinstance(value, dict):
        return any(map(is_unknown, value.values()))
    if isinstance(value, list):
        return any(map(is_unknown, value))
    return value == rpc.UNKNOWN


def secret_list(values: Sequence[pulumi.Input[str]]) -> pulumi.Output[list[str]]:
    """Marks a list as secret as a whole: so the state keeps it, and a refresh sees no difference."""
    together: pulumi.Output[list[str]] = pulumi.Output.all(*values)
    return pulumi.Output.secret(together)


def in_teardown() -> bool:
    """Says whether the whole environment is being taken down: then no server is asked anything."""
    return os.environ.get(TEARDOWN) == "1"


class StackConfig:
    """The stack's configuration as `configure` gets it: whole, secrets in clear. Kept in the process only."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    @classmethod
    def of(cls, request: ConfigureRequest) -> StackConfig:
        # Pulumi offers single keys only; the names of the secrets are not known here.
        return cls({key: value for key, value in vars(request.config)["_props"].items() if isinstance(value, str)})

    def secrets(self) -> list[str]:
        """Gives every value that may be a secret, and where one is a document (a cloud's account), the texts in it."""
        values = [
            value
            for key, value in self._values.items()
            if key != SETTINGS_KEY and not key.startswith(PULUMI_KEYS) and not NO_SECRET.fullmatch(value)
        ]
        return [*values, *(part for value in values for part in _texts_of(value) if len(part) >= SHORTEST_PART)]

    def setting(self, path: str) -> JsonValue:
        """Looks a setting up by its path, such as `postgres.allowNewVolume`; None when it is not set."""
        text = self._values.get(SETTINGS_KEY)
        found: JsonValue = json.loads(text) if text else None
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found


def _texts_of(value: str) -> Iterator[str]:
    """The texts in a JSON document; of anything else none."""
    try:
        document = json.loads(value)
    except ValueError:
        return
    yield from _texts_in(document)


def _texts_in(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts_in(child)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns our errors into the one kind that Pulumi shows without a traceback."""
    try:
        yield
    except SwarmError as error:
        raise pulumi.RunError(str(error)) from None


class FailingRead:
    """Lets the first failing read of a run speak, and silences the rest: the run ends with the first anyway."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spoken = False

    def speaks(self) -> bool:
        """True for the first caller only."""
        with self._lock:
            first, self._spoken = not self._spoken, True
            return first


FAILING_READ = FailingRead()
