"""The outputs that an operation will have, as far as they are known before it.

Pure: takes the schema, checked inputs and, for an update, the old outputs. What the engine decides is unknown in a new
object and kept in an old one (Terraform's "computed"). The plan is what a preview shows and what the engine object is
built from.
"""

from __future__ import annotations

from airgap.plugins.docker.schema import Block, Property
from airgap.plugins.values import UNKNOWN, Secret, Tree, items, mapping

_ZERO: dict[str, object] = {"String": "", "Int": 0, "Bool": False}


def plan(block: Block, news: Tree, olds: Tree | None = None, *, inside_set: bool = False) -> Tree:
    """Returns the full tree of outputs for the inputs.

    Args:
        block: Properties of the tree.
        news: Checked inputs.
        olds: Old outputs; None for a new object.
        inside_set: Elements of a set have zero values where others have null.
    """
    return {name: _planned(prop, news.get(name), olds, inside_set) for name, prop in block.items()}


def _planned(prop: Property, value: object, olds: Tree | None, inside_set: bool) -> object:
    old = None if olds is None else olds.get(prop.name)
    if value is None:
        return _absent(prop, old, is_new=olds is None, inside_set=inside_set)
    if value is UNKNOWN or isinstance(value, Secret) or not prop.block:
        return value
    if prop.single:
        return plan(prop.block, mapping(value), None if olds is None else mapping(old), inside_set=inside_set)
    if prop.kind == "Set":
        return [item if item is UNKNOWN else plan(prop.block, mapping(item), inside_set=True) for item in items(value)]
    old_items = items(old)
    return [
        item if item is UNKNOWN else plan(prop.block, mapping(item), _same_index(old_items, index))
        for index, item in enumerate(items(value))
    ]


def _absent(prop: Property, old: object, *, is_new: bool, inside_set: bool) -> object:
    if prop.computed and not inside_set:
        return UNKNOWN if is_new else old
    if prop.default is not None:
        return prop.default
    if prop.kind == "Set" and prop.block:
        return []
    if not inside_set:
        return None
    if prop.kind == "Map":
        return {}
    if prop.is_collection:
        return []
    return None if prop.single else _ZERO[prop.kind]


def _same_index(olds: list[object], index: int) -> Tree | None:
    return mapping(olds[index]) if index < len(olds) else None


def without_unknowns(tree: Tree) -> Tree:
    """Returns the plan with null for what the engine will decide."""
    return {name: _known(value) for name, value in tree.items()}


def _known(value: object) -> object:
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return without_unknowns(value)
    if isinstance(value, list):
        return [_known(item) for item in value]
    return value


def null_where_absent(block: Block, outputs: Tree, inputs: Tree) -> Tree:
    """Returns a new object's outputs with null for the empty lists and maps that its program does not give.

    The official plugin does so after a create only; updates and reads have the empty ones.
    """
    return {name: _nulled(block.get(name), value, inputs.get(name)) for name, value in outputs.items()}


def _nulled(prop: Property | None, value: object, given: object) -> object:
    if prop is None or value is None:
        return value
    if prop.single and prop.block:
        return null_where_absent(prop.block, mapping(value), mapping(given))
    return None if prop.is_collection and not prop.block and not value and given is None else value
