"""One list of live objects, read once for all who ask, and again where it shows a difference that matters.

Takes a reader and a client; gives rows by id. Each of LiteLLM's worker processes answers out of a memory of its own, up
to 30 s behind the database, and the TCP connection decides which of them answers. So one worker misses what was made a
moment ago and another still lists what was removed, and a preview would tell of changes that nobody made. Hence the one
rule here: a difference counts only when no worker contradicts it. Whoever sees none costs no further call.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from litellm_resources.admin_api import health
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import AdminApiError
from litellm_resources.listing import Listing

# How long a list counts as fresh: long enough for a refresh, short enough to see what others do meanwhile.
FRESH_SECONDS = 30.0
# How long a failure counts: N resources must not each wait for the same time-out.
FAILED_SECONDS = 15.0
# A new connection comes to a worker by chance. Measured with four uvicorn workers: of runs of five connections a
# worker one in a hundred missed one of them, of runs of eight none.
ANSWERS_A_WORKER = 6
# Without it the worker that is still awake from the connection just closed takes the next as well, 20 to 30 in a row.
PAUSE_SECONDS = 0.02

Row = TypeVar("Row")
Shown = TypeVar("Shown")


class SharedList(Generic[Row]):
    """A list by id. `workers`: how many memories it may come from; 1 where it comes from the database."""

    def __init__(
        self,
        read: Callable[[AdminClient], dict[str, Row]],
        client: AdminClient,
        clock: health.Clock,
        workers: int = 1,
    ) -> None:
        self._read = read
        self._client = client
        self._clock = clock
        self._enough = ANSWERS_A_WORKER * workers if workers > 1 else 1
        self._lock = threading.RLock()
        # Those that differ from each other, the first one first, of as many as were asked for.
        self._answers: list[Listing[Row]] = []
        self._asked = 0
        self._until = float("-inf")
        self._failure: AdminApiError | None = None
        self._written: dict[str, float] = {}

    def rows(self) -> Listing[Row]:
        """The live objects as one worker shows them, at most `FRESH_SECONDS` old.

        Raises:
            AdminApiError: The read failed, now or moments ago.
        """
        return next(self._all_answers())

    def agreed(self, look: Callable[[Listing[Row]], Shown], differs: Callable[[Shown], bool]) -> Shown:
        """What `look` finds in the list; a difference only when every worker shows one.

        Raises:
            AdminApiError: A read failed, now or moments ago.
        """
        return uncontradicted(map(look, self._all_answers()), differs)

    def every_answer(self) -> list[Listing[Row]]:
        """What each worker shows, where they differ; for a write that must keep what any of them knows."""
        return list(self._all_answers())

    def find(self, row_id: str) -> Row | None:
        """A row that must be there: None only when no worker lists it."""
        return self.agreed(lambda rows: rows.get(row_id), lambda row: row is None)

    def everywhere(self, row_id: str) -> bool:
        """Whether a row that need not be there is: True only when every worker lists it."""
        return self.agreed(lambda rows: row_id in rows, lambda listed: listed)

    def put(self, row_id: str, row: Row) -> None:
        """Takes in what a write of ours made, so that the list need not be read again."""
        with self._lock:
            self._written[row_id] = self._clock.now()
            for answer in self._answers:
                answer.put(row_id, row)

    def drop(self, row_id: str) -> None:
        """Takes out what a write of ours removed."""
        with self._lock:
            self._written[row_id] = self._clock.now()
            for answer in self._answers:
                answer.drop(row_id)

    def written_at(self, row_ids: Iterable[str] | None = None) -> float | None:
        """When this run last made or removed one of these rows, or any; None when it did not."""
        with self._lock:
            times = [self._written[name] for name in (row_ids or self._written) if name in self._written]
        return max(times, default=None)

    def forget(self) -> None:
        """Makes the next caller read again."""
        with self._lock:
            self._until = float("-inf")

    def forget_failure(self) -> None:
        """Makes the next caller read again if the last read failed."""
        with self._lock:
            if self._failure is not None:
                self._until = float("-inf")

    def _all_answers(self) -> Iterator[Listing[Row]]:
        """One answer after another, none like one before; each is asked for only when the caller comes to it."""
        number = 0
        while (answer := self._answer(number)) is not None:
            yield answer
            number += 1

    def _answer(self, number: int) -> Listing[Row] | None:
        with self._lock:
            if self._clock.now() >= self._until:
                self._answers, self._asked, self._failure = [], 0, None
                self._until = self._clock.now() + FRESH_SECONDS
            while self._failure is None and number >= len(self._answers) and self._asked < self._enough:
                self._ask()
            if self._failure is not None:
                raise self._failure
            return self._answers[number] if number < len(self._answers) else None

    def _ask(self) -> None:
        if self._asked:
            self._client.close()
            self._clock.sleep(PAUSE_SECONDS)
        self._asked += 1
        try:
            answer = Listing(self._read(self._client))
        except AdminApiError as error:
            self._failure, self._until = error, self._clock.now() + FAILED_SECONDS
            return
        if answer not in self._answers:
            self._answers.append(answer)


def uncontradicted(shown: Iterable[Shown], differs: Callable[[Shown], bool]) -> Shown:
    """Of what the answers show, at least one, the first that is no difference; the first of all when each is one."""
    answers = iter(shown)
    found = first = next(answers)
    while differs(found):
        try:
            found = next(answers)
        except StopIteration:
            return first
    return found
