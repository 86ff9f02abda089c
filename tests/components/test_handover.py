"""The clone of a handover: the live service under another name, with files of its own, found by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import JsonValue

from components.errors import RolloutFailed
from components.handover_clone import Original, make, remove, runs
from components.handover_spec import HANDOVER_LABEL, clone_body
from components.swarm_state import ServiceSpec, ServiceState, TaskState
from tests.components.swarm import FAILED, RUNNING, SERVICE, FakeSwarm

NAME = "x-llmproxy_manager"
SPEC: dict[str, Any] = {
    "Name": NAME,
    "Labels": {
        "com.docker.stack.namespace": "x-llmproxy",
        "llmproxy.project": "llmproxy",
        "llmproxy.stack": "dev",
        "llmproxy.spec-digest": "abc",
        "io.portainer.accesscontrol.teams": "ops",
        "traefik.enable": "true",
        "netdata.postgres.name": "gateway",
    },
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "manager:1",
            "Secrets": [
                {"SecretID": "s1", "SecretName": "key-1", "File": {"Name": "/run/secrets/key", "Mode": 292}},
                {"SecretID": "s2", "SecretName": "web-1", "File": {"Name": "/run/secrets/web", "Mode": 292}},
            ],
            "Configs": [{"ConfigID": "c1", "ConfigName": "env-1", "File": {"Name": "/etc/env", "Mode": 292}}],
            "Mounts": [
                {"Type": "volume", "Source": "data", "Target": "/data"},
                {"Type": "volume", "Source": "config", "Target": "/config"},
            ],
        },
        "Networks": [{"Target": "n1", "Aliases": ["manager", "other"]}, {"Target": "n2", "Aliases": ["manager"]}],
        "ForceUpdate": 3,
    },
    "Mode": {"Replicated": {"Replicas": 1}},
    "EndpointSpec": {"Mode": "dnsrr", "Ports": [{"PublishedPort": 8045, "TargetPort": 8045}]},
}
ORIGINAL = Original(NAME, "manager", {"/run/secrets/key": "old-key"}, frozenset({"/config"}))


@dataclass
class FakeFiles:
    """Secrets and configs, by name."""

    stored: dict[str, tuple[bytes, Mapping[str, str]]] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    def store_secret(self, name: str, value: bytes, labels: Mapping[str, str]) -> str:
        self.stored[name] = value, labels
        return f"id-of-{name}"

    store_config = store_secret

    def config(self, config_id: str) -> bytes:
        return f"content of {config_id}".encode()

    def remove_labelled(self, label: str, value: str) -> None:
        self.removed.append(f"{label}={value}")
        self.stored.clear()


@dataclass
class FakeHost(FakeSwarm):
    """A Swarm that holds the service, and the clone once it was made; `clone_task` is how that one does."""

    files: FakeFiles = field(default_factory=FakeFiles)
    clone_task: TaskState = RUNNING
    named: str = NAME
    live_tasks: list[TaskState] = field(default_factory=lambda: [RUNNING])

    def service(self, name_or_id: str) -> ServiceState | None:
        if name_or_id in ("live", self.named):
            return replace(SERVICE, service_id="live")
        made = len(self.made) > len(self.removed)
        return replace(SERVICE, service_id="s1", spec_digest="") if made else None

    def tasks(self, service_id: str) -> list[TaskState]:
        return self.live_tasks if service_id == "live" else [self.clone_task]

    def update_service(self, service_id: str, version: int, spec: Mapping[str, JsonValue]) -> None:
        raise AssertionError(f"a handover leaves {service_id} as it is")

    def spec(self, name_or_id: str) -> ServiceSpec | None:
        return ServiceSpec("live", 1, SPEC) if name_or_id == self.named else None


def host(**more: Any) -> FakeHost:
    return FakeHost(script=lambda _seconds: (None, []), **more)


def body(**more: Any) -> dict[str, Any]:
    options = {"aliases": {"manager": "manager-handover"}, "files": {}, "private_paths": frozenset(), **more}
    return clone_body(NAME, SPEC, **options)


def test_the_clone_is_the_service_under_another_name_and_alias() -> None:
    made = body()
    assert made["Name"] == f"{NAME}-handover"
    assert made["TaskTemplate"]["ContainerSpec"]["Image"] == "manager:1"
    assert made["Mode"] == SPEC["Mode"]
    assert made["TaskTemplate"]["Networks"] == [
        {"Target": "n1", "Aliases": ["manager-handover"]},
        {"Target": "n2", "Aliases": ["manager-handover"]},
    ]


def test_nobody_finds_the_clone_by_the_labels_or_ports_of_the_service() -> None:
    made = body()
    assert set(made["Labels"]) == {
        "com.docker.stack.namespace",
        "llmproxy.project",
        "llmproxy.stack",
        "io.portainer.accesscontrol.teams",
        HANDOVER_LABEL,
    }
    assert made["EndpointSpec"] == {"Mode": "dnsrr"}


def test_a_mount_that_no_second_copy_may_write_to_is_an_empty_folder_in_memory() -> None:
    mounts = body(private_paths=frozenset({"/config"}))["TaskTemplate"]["ContainerSpec"]["Mounts"]
    assert mounts == [
        {"Type": "volume", "Source": "data", "Target": "/data"},
        {"Type": "tmpfs", "Target": "/config"},
    ]


def test_the_live_spec_stays_as_it_is() -> None:
    kept = repr(SPEC)
    body(private_paths=frozenset({"/config"}))
    assert repr(SPEC) == kept


def test_the_clone_has_files_of_its_own_with_the_secrets_of_before() -> None:
    swarm = host()
    make(swarm, ORIGINAL, clock=swarm.clock)
    values = sorted(value for value, _ in swarm.files.stored.values())
    assert values == [b"content of c1", b"old-key"]
    assert all(labels[HANDOVER_LABEL] == NAME for _, labels in swarm.files.stored.values())
    container: Any = swarm.made[0]["TaskTemplate"]
    key, web = container["ContainerSpec"]["Secrets"]
    assert key["SecretID"].startswith("id-of-")
    assert key["SecretName"] in swarm.files.stored
    assert key["File"] == {"Name": "/run/secrets/key", "Mode": 292}
    assert web["SecretID"] == "s2", "a secret whose value nobody gave is mounted as it is"
    assert container["ContainerSpec"]["Configs"][0]["ConfigName"] in swarm.files.stored


def test_names_of_files_fit_a_swarm_that_allows_64_signs() -> None:
    longest = "a-prefix-of-22-signs--llmproxy_antigravity-manager"
    swarm = host(named=longest)
    make(swarm, replace(ORIGINAL, name=longest), clock=swarm.clock)
    assert len(swarm.files.stored) == 2
    assert all(len(name) <= 64 for name in swarm.files.stored)


def test_a_clone_that_does_not_come_up_is_an_error_and_is_removed_with_its_files() -> None:
    swarm = host(clone_task=replace(FAILED, template=SERVICE.template))
    with pytest.raises(RolloutFailed, match="manager-handover"):
        make(swarm, ORIGINAL, clock=swarm.clock)
    assert swarm.removed == ["s1"]
    assert swarm.files.stored == {}


def test_removing_says_whether_there_was_one_and_takes_the_files_in_any_case() -> None:
    swarm = host()
    assert remove(swarm, NAME) is False
    assert swarm.files.removed == [f"{HANDOVER_LABEL}={NAME}"]
    make(swarm, ORIGINAL, clock=swarm.clock)
    assert remove(swarm, NAME) is True
    assert swarm.removed == ["s1"]


def test_a_service_without_a_running_task_does_not_run() -> None:
    assert runs(host(), NAME)
    assert not runs(host(clone_task=FAILED), "another")


def test_no_label_that_others_read_is_kept_by_chance() -> None:
    labels: dict[str, JsonValue] = {"io.portainer.other": "x", "llmproxy.job": "y"}
    made = clone_body(NAME, {**SPEC, "Labels": labels}, aliases={}, files={}, private_paths=frozenset())
    assert made["Labels"] == {HANDOVER_LABEL: NAME}
