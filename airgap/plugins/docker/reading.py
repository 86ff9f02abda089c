"""Inputs that belong to outputs that were read: what a refresh or an import writes into the state.

Pure. After a refresh, what the program gave has the value that is there now; after an import, what is there and not
empty, so that a program written from it shows no difference.
"""

from __future__ import annotations

from airgap.plugins.docker.diffing import diff
from airgap.plugins.docker.schema import Block, Property
from airgap.plugins.values import Secret, Tree, items, mapping

_EMPTY: tuple[object, ...] = (None, "", 0, False, [], {})


def inputs_after_read(block: Block, outputs: Tree, old_inputs: Tree) -> Tree:
    """Returns the inputs for the outputs; `old_inputs` is empty for an import."""
    if not old_inputs:
        return _imported(block, outputs)
    return _refreshed(block, outputs, old_inputs)


def _refreshed(block: Block, outputs: Tree, old_inputs: Tree) -> Tree:
    result: Tree = {}
    for name, old in old_inputs.items():
        prop = block.get(name)
        if prop is None or not diff({name: prop}, outputs, {name: old}, []).kinds:
            result[name] = old
        elif outputs.get(name) is not None:
            result[name] = _refreshed_value(prop, outputs[name], old)
    return result


def _refreshed_value(prop: Property, value: object, old: object) -> object:
    if prop.block and prop.single:
        return _refreshed(prop.block, mapping(value), mapping(old))
    if not prop.block:
        return value
    olds = items(old)
    return [
        _refreshed(prop.block, mapping(item), mapping(olds[index]))
        if index < len(olds)
        else _imported(prop.block, mapping(item))
        for index, item in enumerate(items(value))
    ]


def _imported(block: Block, outputs: Tree) -> Tree:
    result: Tree = {"__defaults": []}
    for name, value in outputs.items():
        prop = block.get(name)
        if prop is None or value in _EMPTY or (isinstance(value, Secret) and value.value in _EMPTY):
            continue
        if prop.computed and not prop.required and name in ("scope", "mountpoint"):
            continue
        result[name] = _imported_value(prop, value)
    return result


def _imported_value(prop: Property, value: object) -> object:
    if prop.block and prop.single:
        return _imported(prop.block, mapping(value))
    if prop.block:
        return [_imported(prop.block, mapping(item)) for item in items(value)]
    return value
