"""Whether a task can start from an image that is not built here: the engine has it, or its registry gives it.

Takes an engine's address and the images with the settings that chose them; refuses what is out of reach before
anything is changed. The engine itself asks the registry, as it is the engine that will pull.
"""

from collections.abc import Mapping
from contextlib import closing

import docker
import docker.errors
import requests

from operations import engine
from operations.errors import RefusedEngine

ANSWER_SECONDS = 20


def require_within_reach(docker_host: str, references: Mapping[str, str]) -> None:
    """Refuses an image that no task could start from: the database is stopped before its next task is tried.

    Args:
        docker_host: The engine's address.
        references: The images by the setting that chose each.

    Raises:
        RefusedEngine: Naming the image, the setting, and the ways out.
    """
    with closing(engine.client(docker_host, ANSWER_SECONDS)) as there:
        for path, reference in references.items():
            reason = _why_out_of_reach(there, reference)
            if reason is not None:
                raise RefusedEngine(
                    f"llmproxy:settings.{path}: found image {reference}, but the engine at {docker_host} does not have "
                    f"it and its registry does not give it ({reason}); choose another one, or put it on the engine "
                    "(docker pull, docker load)"
                )


def _why_out_of_reach(there: docker.DockerClient, reference: str) -> str | None:
    """None when the engine has the image, a service of the Swarm runs it, or its registry answers for it."""
    try:
        there.images.get(reference)
    except docker.errors.ImageNotFound:
        # The spec of a service may name by digest what the settings name by tag alone.
        running = (each.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] for each in there.services.list())
        if any(reference in (image, image.partition("@")[0]) for image in running):
            return None
    else:
        return None
    try:
        there.images.get_registry_data(reference)
    except docker.errors.APIError as error:
        return str(error.explanation)
    except requests.Timeout:
        return f"no answer within {ANSWER_SECONDS} s"
    return None
