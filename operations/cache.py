"""Built things, keyed by the content that they were built from, and shared by all clones of a machine.

An entry is built in a folder of its own, `<key>.<random>`, and published by renaming a symlink `<key>` onto it: the
real path never changes, so that what was built may hold it (virtual environments do), and an entry that was not
finished is never seen. A lock a key keeps two runs from building the same thing twice; the kernel frees a dead run's.
Stdlib only: the virtual environment is an entry too.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEY_LENGTH = 16
# Not an entry: Python's compiled modules, each of which Python itself holds against its source.
COMPILED_FOLDER = "pycache"


def key_of(parts: Iterable[str | bytes | Path]) -> str:
    """A key made from texts and the contents of files; the order counts."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:KEY_LENGTH]


def files_under(folder: Path) -> list[Path]:
    """All files of a source folder in a fixed order, without what Python leaves behind."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


@dataclass(frozen=True)
class Entry:
    """One published entry, for reports."""

    kind: str
    key: str
    path: Path
    size_bytes: int


@dataclass(frozen=True)
class Cache:
    """The entries under one root: `<root>/<kind>/<key>`."""

    root: Path

    def find(self, kind: str, key: str) -> Path | None:
        """The entry where it is there and whole."""
        path = self.root / kind / key
        return path if path.is_dir() else None

    def entry(self, kind: str, key: str, build: Callable[[Path], None]) -> Path:
        """Gives the entry, building it first where it is not there.

        Args:
            kind: What sort of thing it is: a folder of the root.
            key: From `key_of`.
            build: Fills the empty folder that it is given; when it raises, nothing is kept.
        """
        return self.find(kind, key) or self._build(kind, key, build)

    def entries(self) -> list[Entry]:
        """Every published entry with its size on disk."""
        links = sorted(link for link in self.root.glob("*/*") if link.is_symlink() and link.is_dir())
        return [Entry(link.parent.name, link.name, link, size_of(link.resolve())) for link in links]

    def remove(self, entry: Entry) -> None:
        """Takes an entry away."""
        with _locked(_lock_file(entry.path)):
            folder = entry.path.resolve()
            entry.path.unlink()
            shutil.rmtree(folder)

    def _build(self, kind: str, key: str, build: Callable[[Path], None]) -> Path:
        link = self.root / kind / key
        link.parent.mkdir(parents=True, exist_ok=True)
        with _locked(_lock_file(link)):
            _sweep(link)
            if link.is_dir():
                return link
            folder = link.with_name(f"{key}.{secrets.token_hex(4)}")
            folder.mkdir()
            try:
                build(folder)
                _publish(folder, link)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return link


def size_of(folder: Path) -> int:
    """Bytes that the files of a folder take on disk."""
    total = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            total += (Path(parent) / name).lstat().st_blocks * 512
    return total


def _lock_file(link: Path) -> Path:
    return link.with_name(f"{link.name}.lock")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # A build takes minutes: without a word the wait looks like a hang.
            print(f"cache: waiting for another run that makes {path.parent.name}", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _publish(folder: Path, link: Path) -> None:
    """Lets the link point to the folder in one step."""
    beside = folder.with_name(f"{folder.name}.link")
    beside.symlink_to(folder.name)
    beside.rename(link)


def _sweep(link: Path) -> None:
    """Removes what dead builds of this key left; called with the lock held, so that no live one is hit."""
    published = link.resolve() if link.is_symlink() else None
    for leftover in link.parent.glob(f"{link.name}.*"):
        if leftover.is_symlink():
            leftover.unlink()
        elif leftover.is_dir() and leftover != published:
            shutil.rmtree(leftover, ignore_errors=True)
