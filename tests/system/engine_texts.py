"""All that the engine shows of an installation: what it inspects, lists and logs, its secrets left out."""

from __future__ import annotations

import base64
import json
import subprocess

from tests.system import installation
from tests.system.installation import docker


def engine_texts(prefix: str) -> dict[str, str]:
    """All that the engine shows of our objects, except what is in the secrets."""
    shown: dict[str, str] = {}
    for kind in ("service", "config", "secret", "network", "volume"):
        for name in ids(kind, prefix):
            shown[f"{kind}:{name}"] = text = docker(kind, "inspect", name)
            if kind == "config":
                data = json.loads(text)[0]["Spec"]["Data"]
                shown[f"config, decoded:{name}"] = base64.b64decode(data).decode()
            if kind == "service":
                shown[f"service tasks:{name}"] = docker("service", "ps", "--no-trunc", name)
                shown[f"service logs:{name}"] = both_streams("docker", "service", "logs", name)
    for name in docker("container", "ls", "-a", "-q", "--filter", f"name={prefix}").split():
        shown[f"container:{name}"] = docker("container", "inspect", name)
        shown[f"container logs:{name}"] = both_streams("docker", "container", "logs", name)
    return shown


def ids(kind: str, prefix: str) -> list[str]:
    """The objects of one kind that carry the label of our Swarm stacks."""
    labels = [f"label=com.docker.stack.namespace={stack}" for stack in installation.swarm_stacks(prefix)]
    return [name for label in labels for name in docker(kind, "ls", "-q", "--filter", label).split()]


def both_streams(*words: str) -> str:
    """What a command printed on either stream."""
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
