"""`make unmanaged`: what is in LiteLLM and not this stack's, and what of it `make adopt` could take over.

Changes nothing.
"""

import json

from rich.console import Console

from operations import setup, unmanaged
from operations.session import Session
from operations.status import tables


def run(session: Session, *, as_json: bool = False) -> int:
    """Prints what was found; gives the exit code."""
    with session.board:
        ready = setup.without_engine(session)
    inventory = unmanaged.look(ready)
    plan = inventory.plan(inventory.found)
    if as_json:
        print(json.dumps(unmanaged.as_json(inventory.found, plan), indent=2))
    elif not inventory.found:
        print(f"unmanaged: nothing: all that is in LiteLLM belongs to stack {session.stack}")
    else:
        console = Console()
        wide = console if console.is_terminal else Console(width=tables.PLAIN_WIDTH)
        wide.print(unmanaged.as_table(inventory.found, plan))
        adoptable = len(plan.steps)
        print(
            f"unmanaged: {len(inventory.found)}, of which make adopt{session.home.for_make} could take over {adoptable}"
        )
    return 0
