"""Free disk: a run that would fill the disk is refused before it begins.

Takes folders and what is needed; the limit is a setting (LLMPROXY_MINIMUM_FREE_MIB).
"""

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from operations.errors import RefusedEngine

MIB = 1 << 20
# What one up writes itself: state and its backups, logs, the database's first files.
MINIMUM_MIB = 1024
# Module and object caches of the Go builds; image layers while they are built.
TOOLCHAIN_BUILD_MIB = 5 * 1024
IMAGES_BUILD_MIB = 5 * 1024


def free_mib(folder: Path) -> int:
    """MiB that can still be written where the folder is, or will be."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(existing).free // MIB


def minimum_mib(environment: Mapping[str, str]) -> int:
    """The limit of this run."""
    text = environment.get("LLMPROXY_MINIMUM_FREE_MIB") or str(MINIMUM_MIB)
    if not text.isdigit():
        raise RefusedEngine(f"LLMPROXY_MINIMUM_FREE_MIB: found {text!r}, allowed is a number of MiB")
    return int(text)


def require(folders: Iterable[Path], needed_mib: int, *, free: Callable[[Path], int] = free_mib) -> None:
    """Refuses to go on where less is free.

    Raises:
        RefusedEngine: Naming the first folder on a disk that is too full.
    """
    for folder in folders:
        left = free(folder)
        if left < needed_mib:
            raise RefusedEngine(
                f"disk: {folder}: {left} MiB free, needed are {needed_mib}; free some (make cleanup-free), or put it "
                "elsewhere (LLMPROXY_HOME, LLMPROXY_CACHE, LLMPROXY_ENGINE_DATA_ROOT)"
            )
