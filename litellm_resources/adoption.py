"""What is said and done about an object that is there and carries no marker of ours.

Takes its name, its owner and what we want; gives the text with the way out, or stops the write. Pure.
"""

from __future__ import annotations

import json

from litellm_resources.admin_api.errors import Foreign
from litellm_resources.ownership import NOBODY

ADOPT_SETTING = "litellm.adopt"


def not_ours(name: str, owner: str) -> str:
    """The text about an object that carries no marker of ours; `name` is what the setting takes."""
    if owner == NOBODY:
        remedy = f"delete or rename it there, or take it over: put {json.dumps(name, ensure_ascii=False)} into"
        return f"is in LiteLLM and not made by this program; {remedy} {ADOPT_SETTING}"
    return f"is in LiteLLM and belongs to the stack {owner}; rename it in one of the two stacks"


def why_untouchable(name: str, owner: str, wanted_owner: str, *, adopt: bool) -> str | None:
    """Why an object must not be written to; None when it is ours, or nobody's and may be adopted."""
    if owner == wanted_owner or (owner == NOBODY and adopt):
        return None
    return not_ours(name, owner)


def refuse_foreign(what: str, name: str, owner: str, wanted_owner: str, *, adopt: bool) -> None:
    """Stops before anything is written to an object that is not ours.

    Raises:
        Foreign: It carries no marker of ours and may not be adopted.
    """
    if (reason := why_untouchable(name, owner, wanted_owner, adopt=adopt)) is not None:
        found, _, remedy = reason.partition("; ")
        raise Foreign(what, found, remedy)
