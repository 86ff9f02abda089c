"""Property bags as Pulumi sends them, and the typed inputs that are read out of them.

Takes bags with floats for every number, unknowns and the reference to the provider class; gives plain values, parsed
inputs, or what is wrong with them, without ever repeating a value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import pulumi
from pulumi.dynamic import CheckFailure
from pulumi.runtime import rpc
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError  # noqa: TID251  the base itself

from litellm_resources.comparison import plain

PROVIDER_KEY = "__provider"

Props = dict[str, JsonValue]


class ProviderInputs(BaseModel):
    """Base of every provider's inputs: frozen, nothing unknown. `owner` is `<project>/<stack>`.

    Built when it is first used: the program, and a provider process, use a few of many, and to build all was half of
    their imports. Pydantic does that under a lock (2.14).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), defer_build=True)

    owner: str


Inputs = TypeVar("Inputs", bound=ProviderInputs)


def bare(props: Mapping[str, Any]) -> Props:
    """The properties without the reference to the provider class, whole numbers as such."""
    return {name: plain(value) for name, value in props.items() if name != PROVIDER_KEY}


def parse(kind: type[Inputs], props: Props) -> Inputs:
    """Reads the inputs out of a property bag: the state holds outputs as well."""
    return kind.model_validate({name: value for name, value in props.items() if name in kind.model_fields})


def inputs_of(kind: type[ProviderInputs], props: Props) -> Props:
    """Those properties that are inputs, as they are."""
    return {name: value for name, value in props.items() if name in kind.model_fields}


def value_of(kind: type[ProviderInputs], props: Props, name: str) -> JsonValue:
    """One input; what is left out stands for its default."""
    return props[name] if name in props else _default(kind, name)


def stated(kind: type[ProviderInputs], props: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs without those that say their default only: each costs program, engine and state of every object."""
    return {name: value for name, value in props.items() if not _says_default(kind, name, value)}


def _says_default(kind: type[ProviderInputs], name: str, value: object) -> bool:
    return not isinstance(value, pulumi.Output) and bool(value == _default(kind, name))


@cache
def _default(kind: type[ProviderInputs], name: str) -> JsonValue:
    """The default of an input; None too where there is none."""
    field = kind.model_fields[name]
    if field.is_required():
        return None
    found: JsonValue = field.get_default(call_default_factory=True)
    return found


def type_failures(kind: type[ProviderInputs], props: Props) -> list[CheckFailure]:
    """What is wrong with the types of the inputs; no text holds a value."""
    try:
        kind.model_validate(props)
    except ValidationError as error:
        return [CheckFailure(".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors()]
    return []


def unknown_limits(limits: Iterable[str], allowed: Collection[str]) -> list[CheckFailure]:
    """The limits of names that LiteLLM does not have."""
    named = ", ".join(allowed)
    return [CheckFailure(f"limits.{name}", f"unknown; allowed: {named}") for name in sorted(set(limits) - set(allowed))]


def no_models(models: Collection[str], whose: str) -> list[CheckFailure]:
    """An empty list, which LiteLLM takes for every model."""
    if models:
        return []
    return [CheckFailure("models", f'empty; list what the {whose} may use, "all-proxy-models" for all')]


def is_unknown(value: JsonValue) -> bool:
    """Says whether a preview does not know this value, or a part of it, yet."""
    if isinstance(value, dict):
        return any(map(is_unknown, value.values()))
    if isinstance(value, list):
        return any(map(is_unknown, value))
    return value == rpc.UNKNOWN
