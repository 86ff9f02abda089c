"""`make cleanup-free`: removes what the cache holds for other versions than this clone's; all can be made again."""

import shutil
import sys
from pathlib import Path

from operations import release, toolchain
from operations.cache import COMPILED_FOLDER, Cache, Entry
from operations.errors import OperationsError
from operations.session import Session

MIB = 1 << 20


def run(session: Session, *, force: bool) -> int:
    """Removes; gives the exit code."""
    cache = Cache(session.places.cache)
    for folder in (toolchain.WORK_FOLDER, COMPILED_FOLDER):
        shutil.rmtree(session.places.cache / folder, ignore_errors=True)
    old = unused(cache.entries(), keys_of_this_clone(session))
    if not old:
        print("cache: nothing to remove")
        return 0
    for entry in old:
        print(f"{entry.kind} {entry.key}: {entry.size_bytes // MIB} MiB")
    if not force and not session.board.agrees("Remove these?"):
        raise OperationsError("cache: nothing was removed; to remove without being asked: make cleanup-free FORCE=1")
    for entry in old:
        cache.remove(entry)
    print(f"cache: {sum(entry.size_bytes for entry in old) // MIB} MiB freed")
    return 0


def unused(entries: list[Entry], wanted: frozenset[str]) -> list[Entry]:
    """The entries that this clone does not use."""
    return [entry for entry in entries if entry.key not in wanted]


def keys_of_this_clone(session: Session) -> frozenset[str]:
    """The keys that this clone's next run would take."""
    python = Path(sys.prefix)
    official, stand_ins = toolchain.plugin_keys(session.places.clone, python / "bin" / "python")
    return frozenset(
        {
            python.name.partition(".")[0],
            toolchain.official_key(release.read_pins()),
            toolchain.built_key(),
            toolchain.go_key(),
            official,
            stand_ins,
        }
    )
