"""Lists of blocks, in which Pulumi writes what is a map or a set in the engine. Pure."""

from __future__ import annotations

import json

from airgap.plugins.values import Tree, mapping, mappings, text


def label_map(labels: object) -> Tree:
    """Returns a set of label blocks as the engine's map."""
    return {text(entry.get("label")): text(entry.get("value")) for entry in mappings(labels)}


def label_blocks(labels: object) -> list[object]:
    """Returns the engine's label map as the sorted set of label blocks."""
    return [{"label": name, "value": value} for name, value in sorted(mapping(labels).items())]


def sorted_blocks(blocks: list[Tree]) -> list[object]:
    """Returns a set of blocks in an order that does not depend on the engine's."""
    return sorted(blocks, key=lambda block: json.dumps(block, sort_keys=True))
