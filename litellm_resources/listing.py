"""One answer of a list of live objects, which every resource of a run looks into.

Takes rows by id; gives one by its id, or those that have a trait, without going through all of them: N resources that
each look for their own row would cost N × N. Pure.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, ValuesView
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Listing(Mapping[str, Row], Generic[Row]):
    """Rows by id. May be shared by threads: what is iterated over is a snapshot."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = dict(rows)
        self._by_trait: dict[Callable[[Row], Hashable], dict[Hashable, dict[str, Row]]] = {}
        self._lock = threading.Lock()

    def __getitem__(self, row_id: str) -> Row:
        return self._rows[row_id]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def values(self) -> ValuesView[Row]:
        return dict(self._rows).values()

    def having(self, trait: Callable[[Row], Hashable], value: Hashable) -> list[Row]:
        """The rows for which a function gives this value; the function is a top-level one, always the same object."""
        with self._lock:
            if trait not in self._by_trait:
                self._by_trait[trait] = {}
                for row_id, row in self._rows.items():
                    self._by_trait[trait].setdefault(trait(row), {})[row_id] = row
            return list(self._by_trait[trait].get(value, {}).values())

    def put(self, row_id: str, row: Row) -> None:
        """Takes in a row, in the place of one with the same id."""
        with self._lock:
            self._leave_traits(row_id)
            self._rows[row_id] = row
            for trait, by_value in self._by_trait.items():
                by_value.setdefault(trait(row), {})[row_id] = row

    def drop(self, row_id: str) -> None:
        """Takes a row out if it is there."""
        with self._lock:
            self._leave_traits(row_id)
            self._rows.pop(row_id, None)

    def _leave_traits(self, row_id: str) -> None:
        if row_id in self._rows:
            for trait, by_value in self._by_trait.items():
                by_value[trait(self._rows[row_id])].pop(row_id, None)
