"""Layers into one document.

Takes the layers from the lowest to the uppermost; gives the merged document. Objects merge key by key, anything else
(lists and null too) is replaced; `"$base"` in a fallback list stands for the lower layers' list of the same key.
Keys of providers are taken out first, so that no later stage can carry one.
"""

import copy
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.errors import Fault, quote
from litellm_resources.resolver.resolved import SecretText

BASE_MARK = "$base"


def deep_merge(lower: JsonObject, upper: JsonObject) -> JsonObject:
    """A new document: `upper` over `lower`. Neither is changed, nor shared with the result."""
    merged = {key: copy.deepcopy(value) for key, value in lower.items() if key not in upper}
    for key, value in upper.items():
        below = lower.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = deep_merge(below, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def take_api_keys(layers: Sequence[Layer]) -> tuple[list[Layer], Mapping[str, SecretText]]:
    """The layers without any provider's key, and the keys by provider; an empty one is none."""
    keys: dict[str, SecretText] = {}
    keyless = []
    for layer in layers:
        document = copy.deepcopy(layer.document)
        for name, provider in _object_at(document, "providers").items():
            key = provider.pop("api_key", None) if isinstance(provider, dict) else None
            if isinstance(key, str):
                keys[name] = SecretText(key)
        keyless.append(Layer(path=layer.path, document=document, is_local=layer.is_local))
    return keyless, {name: key for name, key in sorted(keys.items()) if key.reveal()}


def merge_layers(layers: Sequence[Layer]) -> tuple[JsonObject, list[tuple[str, Fault]]]:
    """The merged document, and each `"$base"` that has nothing to stand for, with its file."""
    merged: JsonObject = {}
    found: list[tuple[str, Fault]] = []
    for layer in layers:
        document = dict(layer.document)
        if "fallbacks" in document:
            document["fallbacks"], faults = _with_base(document["fallbacks"], merged.get("fallbacks"))
            found += [(layer.path, fault) for fault in faults]
        merged = deep_merge(merged, document)
    merged.pop("$schema", None)
    return merged, found


def _with_base(rules: JsonValue, lower_rules: JsonValue) -> tuple[JsonValue, list[Fault]]:
    lower = {model: targets for rule in _objects(lower_rules) for model, targets in rule.items()}
    expanded: list[JsonValue] = []
    faults = []
    for index, rule in enumerate(_objects(rules)):
        copied: JsonObject = {}
        for model, targets in rule.items():
            names: list[JsonValue] = []
            for name in targets if isinstance(targets, list) else []:
                below = lower.get(model)
                if name != BASE_MARK:
                    names.append(name)
                elif isinstance(below, list):
                    names += below
                else:
                    faults.append(_nothing_below(index, model))
            copied[model] = names
        expanded.append(copied)
    return expanded, faults


def _nothing_below(index: int, model: str) -> Fault:
    return Fault(
        ("fallbacks", index, model),
        f'"{BASE_MARK}", but no lower file has a fallback list for {quote(model)}',
        f'"{BASE_MARK}" only where a lower file lists the same model',
        f'remove "{BASE_MARK}", or add the list to a lower file',
        name=model,
    )


def _object_at(document: JsonObject, key: str) -> JsonObject:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _objects(values: JsonValue) -> list[JsonObject]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
