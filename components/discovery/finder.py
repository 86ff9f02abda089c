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
from .swarm import Swarm, Task

# What `cgroup_name.sh` reads, beside the folder of the job files.
NAMES = "container-names"
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
        network: Id of the network on which Netdata reaches databases.
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
        network: str,
        node: str,
        folder: Path,
        fixed: Mapping[str, Sequence[Job]],
        say: Callable[[str], None],
    ) -> None:
        self._swarm, self._netdata, self._network, self._node = swarm, netdata, network, node
        self._folder, self._fixed, self._say = folder, fixed, say
        self._said: set[str] = set()

    def look(self) -> None:
        """Brings the files up to date.

        Raises:
            NotAnswered: The Swarm could not be seen; the files stay as they are.
        """
        services, tasks = self._swarm.services(), self._swarm.tasks()
        names = {str(service["ID"]): str(service["Spec"]["Name"]) for service in services}
        nodes = sorted(task.node_id for task in tasks if names.get(task.service_id) == self._netdata)
        found = labels.databases(services, network=self._network)
        self._name_containers(tasks, names)
        if not nodes:
            # Netdata is being replaced: it finds the files as they were.
            return
        is_chosen = nodes[0] == self._node
        jobs = self._jobs(found.databases) if is_chosen else {module: [] for module in self._jobs({})}
        self._tell(found.refused if is_chosen else [])
        for module, wanted in jobs.items():
            if job_files.put(self._folder, module, job_files.text(wanted)):
                called = ", ".join(str(job["name"]) for job in wanted)
                self._say(f"{module}.conf: {called or 'no jobs'}")

    def _name_containers(self, tasks: Sequence[Task], services: Mapping[str, str]) -> None:
        """Tells Netdata how the containers of this node are called."""
        lines = [
            f"{task.container_id} {services[task.service_id]}.{task.slot}\n"
            for task in tasks
            if task.node_id == self._node and task.container_id and task.service_id in services
        ]
        job_files.replace(self._folder.parent / NAMES, "".join(sorted(lines)))

    def _jobs(self, databases: Mapping[str, str]) -> dict[str, list[Job]]:
        found = [{"name": name, "dsn": dsn, **POSTGRES} for name, dsn in sorted(databases.items())]
        return {"postgres": list[Job](found), **{module: list(jobs) for module, jobs in self._fixed.items()}}

    def _tell(self, refused: Sequence[str]) -> None:
        for line in refused:
            if line not in self._said:
                self._say(line)
        self._said = set(refused)
