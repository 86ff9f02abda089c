"""What is ours on the engine is found by name and by label, and goes with the stack whatever else is there."""

import time
from contextlib import closing
from types import SimpleNamespace
from typing import cast

import docker
import docker.errors
import pytest
from pydantic import JsonValue

from components import handover_spec, naming
from components.job_keeper import labels as job_labels
from components.naming import SwarmStack
from operations import engine, ownership, removal
from operations.errors import Foreign
from stacks.networks import Networks
from stacks.settings import parse
from tests.components.engine import drained
from tests.unmanaged_engine import IN_NO_SWARM, unmanaged_engine

OURS = SwarmStack("llmproxy", "llmproxy", "dev", "two-").labels


class Objects:
    """The objects of one kind on an engine.

    Attributes:
        refusals: What the engine answers to the next removals before one works.
        mounts: What the services of that name mount.
    """

    def __init__(self, kind: str, labels: dict[str, dict[str, str]]) -> None:
        self.labels, self.refusals = labels, list[str]()
        self.mounts: dict[str, list[dict[str, str]]] = {}
        self._keeps_labels_in_spec = kind in {"service", "config", "secret"}

    def list(self) -> list[SimpleNamespace]:
        return [self.get(name) for name in self.labels]

    def get(self, name: str) -> SimpleNamespace:
        labels: dict[str, object] = {"Labels": self.labels[name]}
        template = {"ContainerSpec": {"Mounts": self.mounts.get(name)}}
        attributes = {"Spec": {**labels, "TaskTemplate": template}} if self._keeps_labels_in_spec else labels
        return SimpleNamespace(name=name, attrs=attributes, remove=lambda: self._remove(name))

    def _remove(self, name: str) -> None:
        if self.refusals:
            raise docker.errors.APIError("400 Client Error", explanation=self.refusals.pop())
        del self.labels[name]


def engine_with(**objects: dict[str, dict[str, str]]) -> tuple[docker.DockerClient, dict[str, Objects]]:
    """An engine that manages a Swarm, and what is on it by kind."""
    kinds = {kind: Objects(kind, objects.get(kind, {})) for kind in ownership.KINDS}
    manager = SimpleNamespace(**{f"{kind}s": kinds[kind] for kind in kinds})
    manager.info = lambda: {"Swarm": {"ControlAvailable": True}}
    return cast("docker.DockerClient", manager), kinds


@pytest.mark.parametrize("kind", ownership.KINDS)
def test_purge_removes_what_has_our_labels_and_nothing_else(kind: str) -> None:
    others = {
        "two-llmproxy_unlabelled": {},
        "of-another-installation": SwarmStack("llmproxy", "llmproxy", "dev").labels,
        "of-another-stack": SwarmStack("llmproxy", "llmproxy", "prod", "two-").labels,
        "of-another-project": SwarmStack("llmproxy", "shop", "dev", "two-").labels,
    }
    client, kinds = engine_with(**{kind: {"ours-1a2b": OURS, **others}})

    assert removal.remove_labelled(client, "two-", "dev", in_use_seconds=60) == ["ours-1a2b"]
    assert kinds[kind].labels == others


def test_an_engine_in_no_swarm_is_asked_for_volumes_and_networks_alone() -> None:
    volumes = [{"Name": "two-llmproxy-data_db", "Labels": OURS}]
    with unmanaged_engine(IN_NO_SWARM, volumes=volumes) as host, closing(engine.client(host)) as client:
        found = ownership.labelled(client, "two-", "dev")

    assert [(each.kind, each.name) for each in found] == [("volume", "two-llmproxy-data_db")]


@pytest.mark.parametrize(
    "refusal",
    [
        "rpc error: code = FailedPrecondition desc = network abc is in use by task def",
        "remove two-llmproxy-data_db: volume is in use - [0a1b]",
        "network two-public id abc has active endpoints",
    ],
)
def test_what_a_removed_service_still_uses_is_waited_for(refusal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    client, kinds = engine_with(network={"two-public": OURS})
    kinds["network"].refusals = [refusal, refusal]

    removal.remove_labelled(client, "two-", "dev", in_use_seconds=60)

    assert kinds["network"].labels == {}


def test_another_refusal_is_told_at_once() -> None:
    client, kinds = engine_with(network={"two-public": OURS})
    kinds["network"].refusals = ["permission denied"]

    with pytest.raises(docker.errors.APIError, match="permission denied"):
        removal.remove_labelled(client, "two-", "dev", in_use_seconds=60)


@pytest.mark.parametrize("name", ["two-llmproxy_internal", "two-public", "two-monitoring"])
def test_a_network_of_our_name_that_the_state_does_not_know_is_refused(name: str) -> None:
    engine, _ = engine_with(network={name: {}, "public": {}, "two-public-of-others": {}})
    live = ownership.of_our_name(engine, "two-")

    with pytest.raises(Foreign, match=rf"network {name}: found on the engine.*docker network rm {name}$"):
        ownership.refuse_unknown(live, frozenset(), "dev")
    ownership.refuse_unknown(live, frozenset({name}), "dev")


def test_a_foreign_network_public_may_be_joined_instead() -> None:
    engine, _ = engine_with(network={"public": {}})

    with pytest.raises(Foreign) as caught:
        ownership.refuse_unknown(ownership.of_our_name(engine, ""), frozenset(), "dev")

    assert "choose another namePrefix, join a network of others with the setting ingress.existing, or remove" in str(
        caught.value
    )


def test_beside_a_traefik_of_others_its_stack_and_its_network_are_theirs_whatever_their_names() -> None:
    theirs = parse({"ingress": {"domain": "example.com", "existing": {"network": "public"}}}, place="here")
    engine, _ = engine_with(
        network={"public": {}}, service={"portainer_traefik": {}, "monitoring_x": {}}, volume={"portainer_data": {}}
    )
    stacks = ownership.made_under(theirs)

    assert ownership.of_our_name(engine, "", stacks, joined="public") == []
    assert len(ownership.of_our_name(engine, "")) == 4


@pytest.mark.parametrize(
    ("switched_on", "made"),
    [
        ({}, ["llmproxy-data", "llmproxy"]),
        ({"portainer": {"enabled": True}}, ["llmproxy-data", "llmproxy", "portainer"]),
        ({"netdata": {"enabled": True}}, list(ownership.SWARM_STACKS)),
    ],
)
def test_a_swarm_stack_counts_where_something_of_it_is_switched_on(
    switched_on: dict[str, JsonValue], made: list[str]
) -> None:
    assert ownership.made_under(parse(switched_on, place="here")) == made


def test_the_names_of_networks_are_those_that_the_program_makes() -> None:
    def build() -> None:
        stack = SwarmStack("llmproxy", "llmproxy", "dev", "two-")
        Networks("networks", stack, with_agent=True, with_socket_proxy=True)

    made = drained(build).of_type("docker:index/network:Network").values()

    assert {each.inputs["name"] for each in made} == {f"two-{name}" for name in ownership.NETWORKS}


def test_a_volume_that_a_service_left_is_no_stranger_to_its_own_stack() -> None:
    engine, _ = engine_with(volume={"two-portainer_portainer": OURS})
    live = ownership.of_our_name(engine, "two-")

    ownership.refuse_unknown(live, frozenset(), "dev")
    with pytest.raises(Foreign, match="volume two-portainer_portainer: found on the engine"):
        ownership.refuse_unknown(live, frozenset(), "prod")


def test_a_database_that_the_state_does_not_know_stays_a_stranger() -> None:
    engine, _ = engine_with(volume={"two-llmproxy-data_db": {**OURS, ownership.TOKEN_LABEL: "t"}})

    with pytest.raises(Foreign, match="volume two-llmproxy-data_db: found on the engine"):
        ownership.refuse_unknown(ownership.of_our_name(engine, "two-"), frozenset(), "dev")


def test_the_clone_of_a_killed_handover_is_no_stranger_to_its_own_stack() -> None:
    label = {ownership.HANDOVER_LABEL: "two-llmproxy_proxy"}
    engine, _ = engine_with(service={"two-llmproxy_proxy-handover": {**OURS, **label}})
    live = ownership.of_our_name(engine, "two-")

    ownership.refuse_unknown(live, frozenset(), "dev")
    with pytest.raises(Foreign, match="two-llmproxy_proxy-handover"):
        ownership.refuse_unknown(live, frozenset(), "another")
    assert ownership.HANDOVER_LABEL == handover_spec.HANDOVER_LABEL


def test_a_scheduled_job_of_a_killed_run_is_no_stranger_to_its_own_stack_and_goes_with_it() -> None:
    job = {**OURS, ownership.SCHEDULED_JOB_LABEL: "db-cleanup"}
    engine, _ = engine_with(service={"two-llmproxy_db-cleanup": job})
    live = ownership.of_our_name(engine, "two-")

    ownership.refuse_unknown(live, frozenset(), "dev")
    with pytest.raises(Foreign, match="two-llmproxy_db-cleanup"):
        ownership.refuse_unknown(live, frozenset(), "another")
    assert ownership.SCHEDULED_JOB_LABEL == job_labels.JOB


def test_the_labels_that_commands_read_are_those_that_the_program_sets() -> None:
    read = (ownership.PROJECT_LABEL, ownership.STACK_LABEL, ownership.NAMESPACE_LABEL, ownership.TOKEN_LABEL)

    assert read == (naming.PROJECT_LABEL, naming.STACK_LABEL, naming.NAMESPACE_LABEL, naming.VOLUME_TOKEN_LABEL)


def test_volumes_are_kept_without_a_service_when_none_mounts_them() -> None:
    mounts = [{"Type": "volume", "Source": "two-portainer_portainer"}, {"Type": "tmpfs", "Target": "/tmp"}]
    engine, kinds = engine_with(
        volume={"two-portainer_portainer": OURS, "two-monitoring_netdata-lib": OURS, "of-others": {}},
        service={"two-portainer_portainer": OURS, "of-others": {}},
    )
    kinds["service"].mounts = {"two-portainer_portainer": mounts}

    kept = ownership.without_service(engine, "two-", "dev")

    assert kept == ["two-monitoring_netdata-lib"]
    assert ownership.in_words(kept).endswith("docker volume rm two-monitoring_netdata-lib")
