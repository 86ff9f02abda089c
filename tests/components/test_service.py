"""A Service is given to the provider in the one form that stays without a difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.config import Config, ConfigArgs
from components.healthcheck import Healthcheck
from components.naming import SPEC_DIGEST_LABEL, SwarmStack
from components.secret import Secret, SecretArgs
from components.service import Service
from components.service_args import (
    ConfigFile,
    HostPort,
    Mount,
    NetworkAttachment,
    Resources,
    Rollout,
    SecretFile,
    ServiceArgs,
)
from components.update_order import UpdateOrderError
from tests.components.engine import Engine, drained

SERVICE = "docker:index/service:Service"
STACK = SwarmStack(name="llmproxy", project="llmproxy", environment="test", prefix="t-")
ARGS = ServiceArgs(stack=STACK, name="web", image="box:1", networks=[NetworkAttachment("net-1", ["web"])])


def recorded(args: ServiceArgs) -> dict[str, Any]:
    return drained(lambda: Service("web", args)).one(SERVICE).inputs


def with_files() -> Engine:
    def build() -> None:
        secret, config = Secret("pw", SecretArgs("x")), Config("cfg", ConfigArgs("y"))
        Service(
            "web",
            replace(
                ARGS,
                secrets=[SecretFile(secret, "/run/secrets/pw", mode=0o400, uid="70")],
                configs=[ConfigFile(config, "/etc/cfg", mode=0o555)],
            ),
        )

    return drained(build)


def labels(inputs: dict[str, Any]) -> dict[str, str]:
    return {entry["label"]: entry["value"] for entry in inputs["labels"]}


def test_name_and_labels_say_which_stack_it_belongs_to_and_who_owns_it() -> None:
    inputs = recorded(ARGS)
    assert inputs["name"] == "t-llmproxy_web"
    assert labels(inputs).items() >= {
        ("com.docker.stack.namespace", "t-llmproxy"),
        ("llmproxy.project", "llmproxy"),
        ("llmproxy.stack", "test"),
    }


def test_a_service_never_has_environment_variables() -> None:
    assert "env" not in recorded(ARGS)["taskSpec"]["containerSpec"]


def test_the_endpoint_is_dnsrr_and_ports_are_published_by_the_host() -> None:
    endpoint = recorded(replace(ARGS, host_ports=[HostPort(8080, 80)]))["endpointSpec"]
    port = {"targetPort": 80, "publishedPort": 8080, "protocol": "tcp", "publishMode": "host"}
    assert endpoint == {"mode": "dnsrr", "ports": [port]}


def test_without_a_port_one_is_published_behind_which_nothing_listens() -> None:
    # Without any port the engine tells no endpoint mode, and every preview shows a difference.
    # The published port is given: left out, the provider keeps the one that the service had before.
    closed = {"targetPort": 9, "publishedPort": 0, "protocol": "udp", "publishMode": "host"}
    assert recorded(ARGS)["endpointSpec"] == {"mode": "dnsrr", "ports": [closed]}


@pytest.mark.parametrize("block", ["updateConfig", "rollbackConfig"])
def test_update_and_rollback_are_given_whole(block: str) -> None:
    assert set(recorded(ARGS)[block]) == {
        *("parallelism", "delay", "failureAction", "monitor", "maxFailureRatio", "order")
    }


def test_restart_policy_is_given_whole_with_canonical_durations() -> None:
    assert recorded(ARGS)["taskSpec"]["restartPolicy"] == {
        "condition": "any",
        "delay": "5s",
        "maxAttempts": 0,
        "window": "30s",
    }


def test_a_failed_update_is_rolled_back_by_default() -> None:
    assert recorded(ARGS)["updateConfig"]["failureAction"] == "rollback"


def test_the_stop_grace_period_is_always_given() -> None:
    assert recorded(replace(ARGS, stop_grace_seconds=90))["taskSpec"]["containerSpec"]["stopGracePeriod"] == "1m30s"


def test_networks_are_joined_by_id_with_their_aliases() -> None:
    assert recorded(ARGS)["taskSpec"]["networksAdvanceds"] == [{"id": "net-1", "aliases": ["web"]}]


def test_health_check_is_given_whole() -> None:
    check = Healthcheck(("CMD", "true"), interval_seconds=5, timeout_seconds=90, retries=2, start_period_seconds=0)
    assert recorded(replace(ARGS, healthcheck=check))["taskSpec"]["containerSpec"]["healthcheck"] == {
        "tests": ["CMD", "true"],
        "interval": "5s",
        "timeout": "1m30s",
        "retries": 2,
        "startPeriod": "0s",
    }


def test_secrets_are_files_with_owner_and_mode() -> None:
    (secret,) = with_files().one(SERVICE).inputs["taskSpec"]["containerSpec"]["secrets"]
    assert secret == {
        "secretId": "pw-id",
        "secretName": "pw-0000000",
        "fileName": "/run/secrets/pw",
        "fileMode": 0o400,
        "fileUid": "70",
        "fileGid": "0",
    }


def test_configs_are_files_with_their_mode() -> None:
    (config,) = with_files().one(SERVICE).inputs["taskSpec"]["containerSpec"]["configs"]
    assert (config["configId"], config["fileName"], config["fileMode"]) == ("cfg-id", "/etc/cfg", 0o555)


def test_without_replicas_the_service_is_global() -> None:
    assert recorded(replace(ARGS, replicas=None))["mode"] == {"global": True}


def test_replicas_are_given_without_the_global_switch() -> None:
    assert recorded(replace(ARGS, replicas=3))["mode"] == {"replicated": {"replicas": 3}}


def test_without_constraints_there_is_no_placement_block() -> None:
    assert recorded(ARGS)["taskSpec"].get("placement") is None


def test_limits_are_bytes_and_nano_cpus() -> None:
    limits = recorded(replace(ARGS, resources=Resources(memory_limit_mib=1, cpu_limit=0.5)))["taskSpec"]["resources"]
    assert limits == {"limits": {"memoryBytes": 1048576, "nanoCpus": 500_000_000}}


def test_a_volume_is_mounted_by_name_without_labels_of_its_own() -> None:
    # Labels here would mark a volume that Swarm makes anew by itself as if it were the old one.
    (mount,) = recorded(replace(ARGS, mounts=[Mount("/data", "vol")]))["taskSpec"]["containerSpec"]["mounts"]
    assert mount == {"target": "/data", "source": "vol", "type": "volume", "readOnly": False}


def test_start_first_with_a_host_port_is_refused_before_anything_is_made() -> None:
    args = replace(ARGS, host_ports=[HostPort(80, 80)], rollout=Rollout(order="start-first"))
    with pytest.raises(UpdateOrderError, match="service web: found order start-first with host port 80"):
        drained(lambda: Service("web", args))


@pytest.mark.parametrize(
    "changed",
    [
        replace(ARGS, image="box:2"),
        replace(ARGS, replicas=2),
        replace(ARGS, labels={"a": "b"}),
        replace(ARGS, container_labels={"a": "b"}),
        replace(ARGS, args=["x"]),
        replace(ARGS, host_ports=[HostPort(80, 80)]),
    ],
)
def test_whatever_changes_the_service_changes_its_digest(changed: ServiceArgs) -> None:
    assert labels(recorded(changed))[SPEC_DIGEST_LABEL] != labels(recorded(ARGS))[SPEC_DIGEST_LABEL]


def test_the_same_arguments_have_the_same_digest() -> None:
    assert labels(recorded(ARGS))[SPEC_DIGEST_LABEL] == labels(recorded(replace(ARGS)))[SPEC_DIGEST_LABEL]
