"""The memory of volume and database on a real engine, through the providers' own methods."""

from __future__ import annotations

import json
import time
from typing import Any

import pulumi
import pytest
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config

from components.database_identity import DatabaseIdentityProvider
from components.fingerprint import DataFingerprintProvider
from components.naming import VOLUME_TOKEN_LABEL
from components.provider_border import FAILING_READ
from tests.components.conftest import HOST, RealSwarm

pytestmark = pytest.mark.system


@pytest.fixture(autouse=True)
def a_run_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first failing read of a process speaks; each test is a process here."""
    monkeypatch.setattr(FAILING_READ, "_spoken", False)


def created(swarm: RealSwarm, **changed: Any) -> dict[str, Any]:
    name = f"{swarm.prefix}vol"
    swarm.volumes.append(name)
    arguments = {
        "docker_host": HOST,
        "salt_fingerprint": "scrypt:x",
        "volume_name": name,
        "volume_labels": {"llmproxy.project": "test"},
        "fixed": {},
        "allow_new_volume": False,
        "allow_new_salt_key": False,
        "volume_setting": "postgres.allowNewVolume",
        "salt_key_setting": "litellm.allowNewSaltKey",
        **changed,
    }
    outs = DataFingerprintProvider().create(DataFingerprintProvider().check({}, arguments).inputs).outs
    assert outs is not None
    return outs


def allowing() -> DataFingerprintProvider:
    provider = DataFingerprintProvider()
    text = json.dumps({"postgres": {"allowNewVolume": True}})
    provider.configure(ConfigureRequest(Config({"llmproxy:settings": text}, "llmproxy")))
    return provider


def test_the_volume_is_made_with_the_token_and_found_again(swarm: RealSwarm) -> None:
    outs = created(swarm)
    labels = swarm.client.inspect_volume(outs["volume_name"])["Labels"]
    assert labels == {"llmproxy.project": "test", VOLUME_TOKEN_LABEL: outs["volume_token"]}
    assert DataFingerprintProvider().read("x", outs).outs == outs


def test_a_volume_is_made_when_the_database_becomes_ours(swarm: RealSwarm) -> None:
    external = created(swarm, volume_name="")
    assert external["volume_token"] == ""
    ours = {**external, "volume_name": f"{swarm.prefix}vol"}
    outs = DataFingerprintProvider().update("x", external, ours).outs
    assert outs is not None
    assert swarm.client.inspect_volume(ours["volume_name"])["Labels"][VOLUME_TOKEN_LABEL] == outs["volume_token"]


def test_a_removed_volume_stops_the_run_until_a_setting_allows_a_new_one(swarm: RealSwarm) -> None:
    outs = created(swarm)
    swarm.client.remove_volume(outs["volume_name"])
    with pytest.raises(pulumi.RunError, match=r"found no volume of that name.*postgres\.allowNewVolume: true"):
        DataFingerprintProvider().read("x", outs)
    gone = allowing().read("x", outs)
    assert (gone.id, gone.outs) == ("", {})
    again = created(swarm, allow_new_volume=True)
    assert again["volume_token"] != outs["volume_token"]


def test_a_volume_made_anew_without_the_token_stops_the_run(swarm: RealSwarm) -> None:
    outs = created(swarm)
    swarm.client.remove_volume(outs["volume_name"])
    swarm.client.create_volume(outs["volume_name"])
    with pytest.raises(pulumi.RunError, match="made anew, without this program's token"):
        DataFingerprintProvider().read("x", outs)
    taken = created(swarm, allow_new_volume=True)
    assert taken["volume_token"] == ""
    assert DataFingerprintProvider().read("x", taken).outs == taken


def test_a_volume_that_the_state_does_not_know_is_refused(swarm: RealSwarm) -> None:
    swarm.client.create_volume(f"{swarm.prefix}vol")
    with pytest.raises(pulumi.RunError, match="one that this stack's state does not know"):
        created(swarm)


def test_the_identifier_is_read_through_the_container(swarm: RealSwarm) -> None:
    service_id = swarm.create("db", "trap 'exit 0' TERM; while :; do sleep 0.2; done")
    props = {
        "docker_host": HOST,
        "service_id": service_id,
        "service_name": "db",
        "volume_token": "t",
        "command": ["cat", "/etc/identifier"],
        "volume_setting": "postgres.allowNewVolume",
    }
    container = wait_for_container(swarm)
    assert identifier(props, swarm, container, "7001") == "7001"
    recorded = {**props, "system_identifier": "7001"}
    assert DatabaseIdentityProvider().read("db", recorded).outs == recorded
    write(swarm, container, "7002")
    with pytest.raises(pulumi.RunError, match="found PostgreSQL system identifier 7002; allowed is 7001"):
        DatabaseIdentityProvider().read("db", recorded)
    swarm.remove(service_id)
    assert DatabaseIdentityProvider().read("db", recorded).outs == recorded


def identifier(props: dict[str, Any], swarm: RealSwarm, container: str, value: str) -> str:
    write(swarm, container, value)
    outs = DatabaseIdentityProvider().create(props).outs
    assert outs is not None
    return str(outs["system_identifier"])


def write(swarm: RealSwarm, container: str, value: str) -> None:
    started = swarm.client.exec_create(container, ["sh", "-c", f"echo {value} > /etc/identifier"])
    swarm.client.exec_start(started["Id"])


def wait_for_container(swarm: RealSwarm) -> str:
    for _ in range(100):
        found = swarm.client.containers(filters={"name": f"{swarm.prefix}db"})
        if found and "running" in swarm.task_states(f"{swarm.prefix}db"):
            return str(found[0]["Id"])
        time.sleep(0.1)
    raise AssertionError("the container never ran")
