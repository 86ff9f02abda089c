"""The job files of go.d.plugin and when they are read again.

Takes the folder of the user's configuration, gives the jobs of each module. As in go.d.plugin, a file is read at the
start and, where it matches NETDATA_PLUGINS_GOD_WATCH_PATH, again when it changes; a job is the same one as long as all
of its options are.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

Option: TypeAlias = "str | int | float | bool | list[Option] | dict[str, Option] | None"


@dataclass(frozen=True)
class Job:
    """One job; equal when all of its options are.

    Attributes:
        module: The collector, such as `postgres`.
        options: As in the file, in a form that can be compared.
    """

    module: str
    options: str

    @property
    def fields(self) -> Mapping[str, Option]:
        found: dict[str, Option] = json.loads(self.options)
        return found

    def text(self, name: str, default: str = "") -> str:
        value = self.fields.get(name, default)
        return value if isinstance(value, str) else str(value)

    def number(self, name: str, default: float) -> float:
        value = self.fields.get(name)
        return float(value) if isinstance(value, int | float) else default

    def flag(self, name: str) -> bool:
        return self.fields.get(name) is True

    @property
    def full_name(self) -> str:
        """What its charts begin with."""
        name = re.sub(r"\s+|\.+|:+", "_", self.text("name", self.module))
        return name if name == self.module else f"{self.module}_{name}"


class JobFiles:
    """The files of some modules; see the module.

    Args:
        folder: The user's configuration, such as /etc/netdata.
        modules: Names of the collectors.
        watched: Pattern of the files that are read again when they change.
    """

    def __init__(self, folder: Path, modules: Sequence[str], watched: str) -> None:
        self._paths = {module: folder / "go.d" / f"{module}.conf" for module in modules}
        self._watched = watched
        self._read: dict[Path, tuple[int, tuple[Job, ...]]] = {}

    def jobs(self) -> set[Job]:
        """The jobs of this moment."""
        for module, path in self._paths.items():
            if path not in self._read or fnmatch.fnmatch(str(path), self._watched):
                self._refresh(module, path)
        return {job for _, jobs in self._read.values() for job in jobs}

    def _refresh(self, module: str, path: Path) -> None:
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            self._read[path] = (0, ())
            return
        known = self._read.get(path)
        if known is None or known[0] != changed:
            self._read[path] = (changed, tuple(parse(module, path.read_text(encoding="utf-8"))))


def parse(module: str, text: str) -> list[Job]:
    """The jobs of one file: the list under `jobs`.

    Raises:
        yaml.YAMLError: It is no YAML.
    """
    document = yaml.safe_load(text)
    jobs = document.get("jobs") if isinstance(document, dict) else None
    return [Job(module, json.dumps(job, sort_keys=True)) for job in jobs or [] if isinstance(job, dict)]
