"""Whose a budget is: it has no field for a marker, so its id says it (docs/adr/0017).

Takes an owner and a name, gives the id, and reads both out of one. Pure.
"""

from __future__ import annotations

import re

from litellm_resources.ownership import NOBODY, OURS

_MARKED = re.compile(rf"{OURS}:([^/]+/[^/]+)/(.+)", re.DOTALL)


def marked_id(owner: str, name: str) -> str:
    """The id of a budget of this owner."""
    return f"{OURS}:{owner}/{name}"


def id_owner(budget_id: str) -> str:
    """Whose a budget is, by its id."""
    found = _MARKED.fullmatch(budget_id)
    return found[1] if found else NOBODY


def own_id(owner: str, key_alias: str) -> str:
    """The id of the row that holds the soft budget of one key of this owner, of its value of before too."""
    return f"{owner}/key/{key_alias}"


def name_in(budget_id: str) -> str:
    """What the catalog of its owner calls a budget; empty for one that is nobody's."""
    found = _MARKED.fullmatch(budget_id)
    return found[2] if found else ""
