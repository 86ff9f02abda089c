"""A part that is built by its first choice where the Internet is within reach, else by its fallback.

Takes both ways; gives the cache entry and the way that it came by. What the cache holds of either is taken without
asking anybody. Says on the board which it was, and why not the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from operations.cache import Cache
from operations.errors import OperationsError
from operations.progress import Part

NOT_WITHIN_REACH = "no release host within reach"


@dataclass(frozen=True)
class Way:
    """One way to come by a part.

    Attributes:
        words: What it gives, for the board.
        kind: Of the cache entry.
        key: Of the cache entry.
        make: Fills the entry's folder; an `OperationsError` opens the other way.
    """

    words: str
    kind: str
    key: str
    make: Callable[[Path], None]


def obtain(first: Way, fallback: Way, *, cache: Cache, reaches: Callable[[], bool], part: Part) -> tuple[Path, Way]:
    """Gives the entry of one of the two ways, making it where the cache has neither.

    Args:
        reaches: Whether what the first way needs answers; asked only before it is tried.
    """
    for way in (first, fallback):
        kept = cache.find(way.kind, way.key)
        if kept is not None:
            part.found(f"{way.words} (cached)")
            return kept, way
    why = NOT_WITHIN_REACH
    if reaches():
        try:
            path = cache.entry(first.kind, first.key, first.make)
        except OperationsError as error:
            why = str(error)
        else:
            part.done(first.words)
            return path, first
    path = cache.entry(fallback.kind, fallback.key, fallback.make)
    part.done(f"{fallback.words} ({why})")
    return path, fallback
