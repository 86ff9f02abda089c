"""Holds a resource's inputs and outputs against the official provider's schema, into the elements of lists.

Takes the property tree of one type; gives a line for each place at which the tree is not what the official plugin
writes: outputs have every property, inputs have what the program gave and name their defaults.
"""

from __future__ import annotations

from typing import Any

from airgap.plugins.docker.schema import Block, Property

_TYPES: dict[str, tuple[type, ...]] = {"String": (str,), "Int": (int,), "Bool": (bool,), "Map": (dict,)}
_SECRET = "4dabf18193072939515e22adb298388d"


def faults_of_outputs(block: Block, outputs: dict[str, Any]) -> list[str]:
    """Returns what is wrong with outputs beside `id` and `__meta`."""
    return _faults(block, {key: value for key, value in outputs.items() if key not in ("id", "__meta")}, "", full=True)


def faults_of_inputs(block: Block, inputs: dict[str, Any]) -> list[str]:
    """Returns what is wrong with inputs."""
    return _faults(block, inputs, "", full=False)


def _faults(block: Block, tree: dict[str, Any], path: str, *, full: bool) -> list[str]:
    wrong = [f"{path}.{name}: unknown" for name in tree.keys() - block.keys() - {"__defaults"}]
    needed = block.keys() if full else {name for name, prop in block.items() if prop.required}
    wrong += [f"{path}.{name}: missing" for name in needed - tree.keys()]
    if not full:
        wrong += [f"{path}.{name}: a default that is absent" for name in set(tree.get("__defaults", [])) - tree.keys()]
    for name in tree.keys() & block.keys():
        wrong += _faults_of_value(block[name], tree[name], f"{path}.{name}", full=full)
    return sorted(wrong)


def _faults_of_value(prop: Property, value: Any, path: str, *, full: bool) -> list[str]:
    if isinstance(value, dict) and _SECRET in value:
        return [] if prop.sensitive else [f"{path}: secret"]
    if prop.sensitive:
        return [f"{path}: in clear"]
    if value is None:
        # The official plugin writes null for what is absent in the engine, also for a required property.
        return [] if full else [f"{path}: null"]
    if prop.single and prop.block:
        return _faults(prop.block, value, path, full=full) if isinstance(value, dict) else [f"{path}: no object"]
    if prop.kind in ("List", "Set"):
        return _faults_of_list(prop, value, path, full=full)
    return [] if type(value) in _TYPES[prop.kind] else [f"{path}: {type(value).__name__}"]


def _faults_of_list(prop: Property, value: Any, path: str, *, full: bool) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: no list"]
    wanted = dict if prop.block else str
    wrong = [f"{path}[{index}]: no {wanted.__name__}" for index, item in enumerate(value) if type(item) is not wanted]
    if wrong or not prop.block:
        return wrong
    places = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    return [line for place, item in places for line in _faults(prop.block, item, place, full=full)]
