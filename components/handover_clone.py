"""Makes and removes the clone that serves in a service's place while its key changes (`handover_spec.py`).

Takes an engine and the secrets that the service was started with; gives nothing, or an error that says why the clone
does not run. Pure of pulumi.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from components import handover_spec as spec_of
from components.docker_engine import SwarmApi
from components.errors import RolloutFailed
from components.file_store import Files
from components.handover_spec import FileReference, Spec
from components.rollout_verdict import Wanted
from components.rollout_watch import Clock, wait_until_settled

RUNS_DEADLINE_SECONDS = 120.0


class HandoverApi(SwarmApi, Protocol):
    """An engine that stores files as well."""

    @property
    def files(self) -> Files: ...


@dataclass(frozen=True)
class Original:
    """The service whose key changes.

    Attributes:
        name: Its name in the Swarm.
        alias: Its network alias.
        secret_files: What its secrets hold, by the path in the container, as they were before the change.
        private_paths: Mounts that a second copy must not write to.
    """

    name: str
    alias: str
    secret_files: Mapping[str, str]
    private_paths: frozenset[str]


def runs(api: SwarmApi, service_name: str) -> bool:
    """Whether a service has a task that serves."""
    service = api.service(service_name)
    return service is not None and any(task.state == "running" for task in api.tasks(service.service_id))


def make(api: HandoverApi, original: Original, *, masked: Iterable[str] = (), clock: Clock | None = None) -> None:
    """Makes the clone and waits until it serves; what is left of another one goes first.

    Raises:
        RolloutFailed: It does not come up; it is removed again, and the service was not touched.
    """
    remove(api, original.name)
    found = api.spec(original.name)
    if found is None:
        raise RolloutFailed(f"service {original.name}: gone while its key was to be handed over; run up again")
    spec: Spec = dict(found.spec)
    body = spec_of.clone_body(
        original.name,
        spec,
        aliases={original.alias: spec_of.clone_alias(original.alias)},
        files=_own_files(api.files, original, spec),
        private_paths=original.private_paths,
    )
    service_id = api.create_service(body)
    try:
        wait(api, original.name, service_id, masked=masked, clock=clock)
    except RolloutFailed:
        remove(api, original.name)
        raise


def wait(
    api: SwarmApi, service_name: str, clone_id: str, *, masked: Iterable[str] = (), clock: Clock | None = None
) -> None:
    """Waits until the clone serves.

    Raises:
        RolloutFailed: It does not.
    """
    state = api.service(clone_id)
    replicas = state.replicas if state else None
    wanted = Wanted(spec_of.clone_name(service_name), spec_digest="", replicas=replicas, monitor=timedelta(seconds=1))
    wait_until_settled(api, {clone_id: wanted}, deadline_seconds=RUNS_DEADLINE_SECONDS, secrets=[*masked], clock=clock)


def remove(api: HandoverApi, service_name: str) -> bool:
    """Removes the clone and its files; says whether there was one. Its task ends by itself, as any service's does."""
    clone = api.service(spec_of.clone_name(service_name))
    if clone is not None:
        api.remove_service(clone.service_id)
    api.files.remove_labelled(spec_of.HANDOVER_LABEL, service_name)
    return clone is not None


def _own_files(files: Files, original: Original, spec: Spec) -> dict[str, FileReference]:
    """Copies of the service's configs, and secrets with what it was started with."""
    labels, made = spec_of.labels_of(original.name, spec), {}
    for number, file in enumerate(spec_of.files_of(spec)):
        # A random end: a name that a killed run used may still be taken while its removal is under way.
        name = f"{spec_of.clone_name(original.name)}-{number}-{secrets.token_hex(4)}"[-64:]
        if file.kind == "Config":
            made_id = files.store_config(name, files.config(file.object_id), labels)
        elif file.path in original.secret_files:
            made_id = files.store_secret(name, original.secret_files[file.path].encode(), labels)
        else:
            continue
        made[file.object_id] = FileReference(file.kind, made_id, name, file.path)
    return made
