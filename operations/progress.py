"""What a run says while it works: one row a part with its elapsed time on a terminal, plain lines elsewhere.

Everything goes to the error stream, so that what a command is asked for stands alone on its output. Parts may run in
several threads.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

NOTICEABLE_SECONDS = 2


@dataclass
class Part:
    """One part of a run; its last word says which way it took."""

    name: str
    _tell: Callable[[str], None]
    _last: Callable[[str, float], None]
    _found: Callable[[str], None]
    _began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """Says what is being done now."""
        self._tell(text)

    def found(self, text: str) -> None:
        """Says what was there already; only where the board tells that."""
        self._found(text)

    def done(self, text: str) -> None:
        """Says how it ended, with the time where it took a noticeable one."""
        self._last(text, time.monotonic() - self._began)


class Board:
    """All parts of a run."""

    def __init__(self, console: Console, *, tells_what_is_there: bool = True) -> None:
        self.console = console
        self._tells_what_is_there = tells_what_is_there
        # One row a part that is under way; finished ones become lines above.
        self._rows = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )

    def __enter__(self) -> "Board":
        if self.console.is_terminal:
            self._rows.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self._rows.stop()

    def agrees(self, question: str) -> bool:
        """Asks a person for a yes; where none sits there, it is a no."""
        return self.console.is_terminal and typer.confirm(question, err=True)

    @contextmanager
    def part(self, name: str) -> Iterator[Part]:
        """One part; its row goes when the block ends, in whatever way."""
        if not self.console.is_terminal:
            yield Part(name, lambda text: self.line(f"{name}: {text}"), self._finish(name), self._find(name))
            return
        row = self._rows.add_task(name)
        try:
            yield Part(name, lambda text: self._update(row, f"{name}: {text}"), self._finish(name), self._find(name))
        finally:
            self._rows.remove_task(row)

    def line(self, text: str) -> None:
        """A line that stays."""
        self.console.print(escape(text), highlight=False, soft_wrap=True)

    def _update(self, row: TaskID, text: str) -> None:
        self._rows.update(row, description=escape(text[: max(20, self.console.width - 16)]))

    def _find(self, name: str) -> Callable[[str], None]:
        return lambda text: self.line(f"{name}: {text}") if self._tells_what_is_there else None

    def _finish(self, name: str) -> Callable[[str, float], None]:
        def finish(text: str, seconds: float) -> None:
            took = f" ({seconds:.0f} s)" if seconds >= NOTICEABLE_SECONDS else ""
            self.line(f"{name}: {text}{took}")

        return finish
