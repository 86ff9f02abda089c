"""What is said and done about an object that is there and carries no marker of ours.

Takes its owner and what we want; gives the text with the way out, or stops the write. Pure.
"""

from __future__ import annotations

from litellm_resources.admin_api.errors import Foreign
from litellm_resources.ownership import NOBODY

ADOPT_SETTING = "litellm.adopt"


def not_ours(what: str, owner: str) -> str:
    """The text about an object that carries no marker of ours; `what` ends in its name."""
    if owner == NOBODY:
        name = what.rpartition(" ")[2] if " " in what else what
        remedy = f"delete or rename it there, or take it over: put {name} into {ADOPT_SETTING}"
        return f"is in LiteLLM and not made by this program; {remedy}"
    return f"is in LiteLLM and belongs to the stack {owner}; rename it in one of the two stacks"


def refuse_foreign(what: str, owner: str, wanted_owner: str, *, adopt: bool) -> None:
    """Stops before anything is written to an object that is not ours.

    Raises:
        Foreign: It carries no marker of ours and may not be adopted.
    """
    if owner == wanted_owner or (owner == NOBODY and adopt):
        return
    found, _, remedy = not_ours(what, owner).partition("; ")
    raise Foreign(what, found, remedy)
