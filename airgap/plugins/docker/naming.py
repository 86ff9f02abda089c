"""Automatic names: `<logical name>-<7 hex digits>`.

Takes the engine's random seed, so that preview and update agree on the name. A name that was generated is kept as long
as the engine sends the old inputs; for a replacement it sends none, and a new name comes out.
"""

import hashlib
import secrets

from airgap.plugins.values import Tree, texts

_DIGITS = 7


def was_generated(inputs: Tree) -> bool:
    """Returns whether the name in checked inputs was filled in by us."""
    return "name" in texts(inputs.get("__defaults"))


def automatic_name(logical_name: str, *, olds: Tree, seed: bytes, proposed: str = "") -> str:
    """Returns the name for a resource whose program gives none."""
    kept = olds.get("name")
    if was_generated(olds) and isinstance(kept, str):
        return kept
    if proposed:
        return proposed
    source = seed or secrets.token_bytes(32)
    return f"{logical_name}-{hashlib.sha512(source + logical_name.encode()).hexdigest()[:_DIGITS]}"
