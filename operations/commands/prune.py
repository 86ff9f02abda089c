"""`make prune`: removes what carries this stack's marker in LiteLLM and nothing declares any more. Asks first.

An `up` does that too, after all else. This is for the times when none shall run, or when the state was lost: it
compares with the catalog and the state as they are, and never touches what others made.
"""

from rich import box
from rich.markup import escape
from rich.table import Table

from litellm_resources.leftover_rows import Row
from operations import home, pruning, runs, setup
from operations.errors import OperationsError
from operations.session import Session


def run(session: Session, *, force: bool, only_show: bool = False) -> int:
    """Shows, asks, removes; gives the exit code."""
    home.open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        found = pruning.look(setup.without_engine(session, run_id))
        for text in found.kept_in_words(session.home.for_make):
            print(text)
        if not found.going:
            print(f"prune: nothing to remove: all that stack {session.stack} made is declared, or stays as said")
            return 0
        session.board.console.print(_table(found.going))
        if only_show:
            return 0
        asked = f"Remove {len(found.going)} from LiteLLM at {found.session.client.url}?"
        if not force and not session.board.agrees(asked):
            again = f"make prune FORCE=1{session.home.for_make}"
            raise OperationsError(f"prune: nothing was removed; to remove without being asked, type: {again}")
        print(f"prune: removed {', '.join(row.label for row in pruning.remove(found))}")
    return 0


def _table(rows: list[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("kind", "name", "id", "made as"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, (row.kind, row.name, row.row_id, row.identity)))
    return table
