"""Takes what has our names and labels off the engine, once pulumi is done or cannot help.

Takes a client of the engine, gives the names of what it removed; `ownership.py` says what is ours.
"""

import re
import time

import docker
import docker.errors

from operations.ownership import labelled, of_our_name

IN_USE = re.compile("in use|active endpoints")


def remove_jobs(engine: docker.DockerClient, prefix: str, stack: str) -> list[str]:
    """Removes the jobs that a killed run left; gives their names."""
    jobs = [each.name for each in of_our_name(engine, prefix) if each.kind == "service" and each.is_job_of(stack)]
    for name in jobs:
        _remove(engine, "service", name, in_use_seconds=0)
        _remove_ended_containers(engine, name)
    return jobs


def _remove_ended_containers(engine: docker.DockerClient, service: str) -> None:
    """Swarm 20.10 leaves the container of a job's task that had ended when its service went (measured)."""
    filters: dict[str, str | list[str] | bool] = {
        "label": f"com.docker.swarm.service.name={service}",
        "status": "exited",
    }
    for container in engine.containers.list(all=True, filters=filters):
        container.remove()


def remove_labelled(engine: docker.DockerClient, prefix: str, stack: str, *, in_use_seconds: float) -> list[str]:
    """Removes all that has our labels; gives the names.

    Args:
        in_use_seconds: How long what a removed service used is waited for, while its containers end.
    """
    ours = labelled(engine, prefix, stack)
    for each in ours:
        _remove(engine, each.kind, each.name, in_use_seconds=in_use_seconds)
    return [each.name for each in ours]


def _remove(engine: docker.DockerClient, kind: str, name: str, *, in_use_seconds: float) -> None:
    """Removes it; what a removed service used stays in use until its containers are gone."""
    ends = time.monotonic() + in_use_seconds
    while True:
        try:
            getattr(engine, f"{kind}s").get(name).remove()
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if not IN_USE.search(str(error.explanation)) or time.monotonic() > ends:
                raise
            time.sleep(1)
        else:
            return
