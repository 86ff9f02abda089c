"""What the state of a stack says: what was made, and what the program gave out.

Takes a stack's folder or a pulumi; gives the state's deployment and answers about it. An empty one is None.
"""

import json
from collections.abc import Mapping

from operations.home import StackHome
from operations.pulumi_process import Pulumi

GATEWAY = "llmproxy_litellm"
INGRESS = "portainer_traefik"
# What makes a service, and which of its inputs is the service's name.
SERVICE_NAMES = {
    "docker:index/service:Service": "name",
    "pulumi-python:dynamic/swarm:ScheduledJob": "service_name",
}


def deployment(pulumi: Pulumi) -> object:
    """The stack's state; read from the file where that is enough, which saves half a second."""
    path = pulumi.home.state_file
    if path is not None and path.exists():
        return on_file(pulumi.home)
    return json.loads(pulumi.ask("stack", "export"))["deployment"]


def on_file(home: StackHome) -> object:
    """The state as it lies in a backend of files on this machine; None where it does not, or not yet."""
    path = home.state_file
    if path is None or not path.exists():
        return None
    return json.loads(path.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest")


def resources(deployment: object) -> list[Mapping[str, object]]:
    """What was made."""
    found = deployment.get("resources") if isinstance(deployment, Mapping) else None
    return [each for each in found or [] if isinstance(each, Mapping)]


def outputs(deployment: object) -> Mapping[str, object]:
    """The outputs of the program; secret ones are ciphertext."""
    for resource in resources(deployment):
        if resource.get("type") == "pulumi:pulumi:Stack":
            found = resource.get("outputs")
            return dict(found) if isinstance(found, Mapping) else {}
    return {}


def has_gateway(deployment: object) -> bool:
    """Whether there is a gateway's service."""
    return has_service(deployment, GATEWAY)


def has_service(deployment: object, name: str) -> bool:
    """Whether there is a service of that name, whatever the prefix."""
    return any(each.endswith(name) for each in service_names(deployment))


def service_names(deployment: object) -> list[str]:
    """The Swarm names of the services; a scheduled job is a service too."""
    names = [
        inputs.get(SERVICE_NAMES[kind])
        for each in resources(deployment)
        if (kind := str(each.get("type"))) in SERVICE_NAMES and isinstance(inputs := each.get("inputs"), Mapping)
    ]
    return [name for name in names if isinstance(name, str)]


def urns_of_services(deployment: object) -> dict[str, str]:
    """The URN of each service of the docker provider, by its name in the Swarm."""
    found = [each for each in resources(deployment) if each.get("type") == "docker:index/service:Service"]
    return {
        str(inputs["name"]): str(each.get("urn"))
        for each in found
        if isinstance(inputs := each.get("inputs"), Mapping) and "name" in inputs
    }


def has_anything(deployment: object) -> bool:
    """Whether something on the engine bears our names."""
    return any(str(each.get("type")).startswith("docker:") for each in resources(deployment))
