"""The Swarm service that a one-shot job is, as the engine's API wants it.

Takes the job's parsed inputs, gives the body of `POST /services/create` and the digest by which a job is recognised.
Mode `replicated-job` (API 1.41), which pulumi_docker does not know. What it runs, `TaskInputs`, a scheduled job has as
well. Pure of network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from pydantic import JsonValue

from components.naming import JOB_DIGEST_LABEL
from components.provider_border import ProviderInputs

NANOSECONDS = 1_000_000_000
STOP_GRACE_SECONDS = 10
NOT_IN_DIGEST = {"docker_host", "secret_values", "timeout_seconds"}


class FileInputs(ProviderInputs):
    """A secret or config as a file in the container."""

    object_id: str
    object_name: str
    path: str
    mode: int
    uid: str
    gid: str


class NetworkInputs(ProviderInputs):
    """A network to join."""

    network_id: str
    aliases: list[str]


class TaskInputs(ProviderInputs):
    """What a job runs, where and as whose; `user` empty is the image's own."""

    docker_host: str
    service_name: str
    labels: dict[str, str]
    image: str
    command: list[str]
    args: list[str]
    networks: list[NetworkInputs]
    secrets: list[FileInputs]
    configs: list[FileInputs]
    placement_constraints: list[str]
    user: str


class JobInputs(TaskInputs):
    """Everything that a one-shot job is."""

    timeout_seconds: float
    triggers: dict[str, str]
    secret_values: list[str]


def digest(inputs: JobInputs) -> str:
    """Hashes what the job does. Secrets are in it by id only."""
    plain = json.dumps(inputs.model_dump(exclude=NOT_IN_DIGEST), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def service_body(inputs: JobInputs) -> dict[str, JsonValue]:
    """Gives the service: one task, never restarted."""
    return {
        "Name": inputs.service_name,
        "Labels": {**inputs.labels, JOB_DIGEST_LABEL: digest(inputs)},
        "TaskTemplate": task_template(inputs),
        "Mode": {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}},
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def task_template(inputs: TaskInputs) -> dict[str, JsonValue]:
    """Gives the task of a job, never restarted."""
    container: dict[str, JsonValue] = {
        "Image": inputs.image,
        "Command": list(inputs.command),
        "Args": list(inputs.args),
        "Secrets": _files(inputs.secrets, "Secret"),
        "Configs": _files(inputs.configs, "Config"),
        "StopGracePeriod": STOP_GRACE_SECONDS * NANOSECONDS,
        # A job is healthy when it ends; the image's own check is for the server in it.
        "Healthcheck": {"Test": ["NONE"]},
    }
    if inputs.user:
        container["User"] = inputs.user
    networks: list[JsonValue] = [
        {"Target": network.network_id, "Aliases": list(network.aliases)} for network in inputs.networks
    ]
    return {
        "ContainerSpec": container,
        "RestartPolicy": {"Condition": "none"},
        "Placement": {"Constraints": list(inputs.placement_constraints)},
        "Networks": networks,
    }


def _files(files: Sequence[FileInputs], kind: str) -> list[JsonValue]:
    return [
        {
            f"{kind}ID": file.object_id,
            f"{kind}Name": file.object_name,
            "File": {"Name": file.path, "UID": file.uid, "GID": file.gid, "Mode": file.mode},
        }
        for file in files
    ]
