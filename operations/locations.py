"""Where things lie: the clone, what must survive it ($LLMPROXY_HOME), and what was built ($LLMPROXY_CACHE).

Pure of effects: takes the environment and the user's id, gives paths. Stdlib only.
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = "llmproxy"
DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
CLONE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Locations:
    """The three roots.

    Attributes:
        clone: The working tree that this program runs from.
        home: State, passphrases, dev stack files, logs. Mode 0700; nothing in it can be made again.
        cache: What was built or downloaded. All of it can be made again.
    """

    clone: Path
    home: Path
    cache: Path

    @property
    def logs(self) -> Path:
        """Logs of set-up, which belongs to no stack."""
        return self.home / "logs"

    def hold(self, path: object) -> bool:
        """Whether a path is one of the two roots that may lie elsewhere, or below one."""
        return isinstance(path, str) and any(Path(path).is_relative_to(root) for root in (self.home, self.cache))


def find(environment: Mapping[str, str], *, clone: Path = CLONE, user_id: int | None = None) -> Locations:
    """Gives the roots that the environment names, or the defaults of root or of an ordinary user."""
    is_root = (os.geteuid() if user_id is None else user_id) == 0
    user_home = Path(environment.get("HOME", "/"))
    home = Path("/var/lib/llmproxy") if is_root else user_home / ".local" / "share" / "llmproxy"
    cache = Path("/var/cache/llmproxy") if is_root else user_home / ".cache" / "llmproxy"
    return Locations(
        clone=clone,
        home=Path(environment.get("LLMPROXY_HOME") or home).absolute(),
        cache=Path(environment.get("LLMPROXY_CACHE") or cache).absolute(),
    )


def private_folder(path: Path) -> Path:
    """Makes a folder, and those above it that are missing, that only this user may enter."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def why_not_written(error: OSError) -> str:
    """What the user reads where a root cannot be written: place, what was found, the ways out."""
    place = f"{error.filename}: " if error.filename else ""
    remedy = "free some space" if error.errno in DISK_IS_FULL else "let this user write there"
    return f"{place}{error.strerror or error}; {remedy}, or choose other folders: LLMPROXY_HOME, LLMPROXY_CACHE"
