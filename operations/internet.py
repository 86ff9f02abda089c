"""Whether there is Internet: asked once a run, all hosts side by side, answered within the deadline.

Takes addresses by name; gives which of them answered. An address counts as reached when it answers with a status that
the host itself would give: a proxy's refusal, a time-out and a name that does not resolve do not count. Stdlib only.
"""

import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

DEADLINE_SECONDS = 3.0
# A container registry answers 401 to those who have not logged in: it is there.
ANSWERS_OF_A_HOST = frozenset({200, 204, 401})
DOCKER_HUB = "registry-1.docker.io"


def registry_address(reference: str) -> str:
    """The address at which the registry of an image reference says that it is there."""
    first, slash, _ = reference.partition("/")
    named = slash and ("." in first or ":" in first)
    return f"https://{first if named else DOCKER_HUB}/v2/"


@dataclass
class Internet:
    """The answer, found at the first question and kept.

    Attributes:
        addresses: What to ask: the release host's and the registries' addresses.
        deadline_seconds: All hosts together get this long.
    """

    addresses: tuple[str, ...]
    deadline_seconds: float = DEADLINE_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reached: Mapping[str, bool] | None = None

    def reaches(self, *addresses: str) -> bool:
        """Whether all of these addresses, each one of `self.addresses`, answered."""
        with self._lock:
            if self._reached is None:
                self._reached = ask(self.addresses, self.deadline_seconds)
            return all(self._reached[address] for address in addresses)


def ask(addresses: tuple[str, ...], deadline_seconds: float) -> dict[str, bool]:
    """Asks all addresses at once; one that has not answered by the deadline is not reached."""
    answers: queue.SimpleQueue[tuple[str, bool]] = queue.SimpleQueue()

    def ask_one(address: str) -> None:
        answers.put((address, _answers(address, deadline_seconds)))

    ends = time.monotonic() + deadline_seconds
    for address in addresses:
        # Daemons: looking up a name can hang for longer than any time-out, and must not keep the program.
        threading.Thread(target=ask_one, args=(address,), daemon=True).start()
    reached = dict.fromkeys(addresses, False)
    for _ in addresses:
        try:
            address, answered = answers.get(timeout=max(0.0, ends - time.monotonic()))
        except queue.Empty:
            break
        reached[address] = answered
    return reached


def _answers(address: str, timeout_seconds: float) -> bool:
    request = urllib.request.Request(address, method="HEAD")  # noqa: S310 - addresses are ours, https
    try:
        with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:  # noqa: S310
            return answer.status in ANSWERS_OF_A_HOST
    except urllib.error.HTTPError as error:
        return error.code in ANSWERS_OF_A_HOST
    except (OSError, ValueError):
        return False
