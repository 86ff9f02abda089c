"""One look at the Swarm, and the job files that follow from it.

Every node has a Netdata, but the databases and pages of the installation are looked at from one of them only: the one
with the lowest node id of those on which Netdata runs. So each is asked once, each alarm comes once, and when that node
goes another takes over at the next look. The files of the other nodes hold no jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from . import job_files, labels
from .job_files import Job
from .swarm import Swarm

# As the original's generator wrote them. The retry is ours: without it a database that comes up later is never tried.
POSTGRES: Job = {
    "collect_databases_matching": "*",
    "max_db_tables": 50,
    "max_db_indexes": 250,
    "autodetection_retry": 10,
}


class Finder:
    """Looks and writes; says each thing once.

    Args:
        swarm: Where to look.
        netdata: Name of Netdata's service.
        node: Id of the node that this is.
        folder: Where the job files are.
        fixed: Jobs by module that do not come from labels.
        say: Gets each line.
    """

    def __init__(
        self,
        swarm: Swarm,
        *,
        netdata: str,
        node: str,
        folder: Path,
        fixed: Mapping[str, Sequence[Job]],
        say: Callable[[str], None],
    ) -> None:
        self._swarm, self._netdata, self._node = swarm, netdata, node
        self._folder, self._fixed, self._say = folder, fixed, say
        self._said: set[str] = set()

    def look(self) -> None:
        """Brings the files up to date.

        Raises:
            NotAnswered: The Swarm could not be seen; the files stay as they are.
        """
        nodes = self._swarm.nodes_of(self._netdata)
        found = labels.databases(self._swarm.services())
        is_chosen = nodes[:1] == [self._node]
        jobs = self._jobs(found.databases) if is_chosen else {module: [] for module in self._jobs({})}
        self._tell(found.refused if is_chosen else [])
        for module, wanted in jobs.items():
            if job_files.put(self._folder, module, job_files.text(wanted)):
                names = ", ".join(str(job["name"]) for job in wanted)
                self._say(f"{module}.conf: {names or 'no jobs'}")

    def _jobs(self, databases: Mapping[str, str]) -> dict[str, list[Job]]:
        found = [{"name": name, "dsn": dsn, **POSTGRES} for name, dsn in sorted(databases.items())]
        return {"postgres": list[Job](found), **{module: list(jobs) for module, jobs in self._fixed.items()}}

    def _tell(self, refused: Sequence[str]) -> None:
        for line in refused:
            if line not in self._said:
                self._say(line)
        self._said = set(refused)
