"""Monitoring in the whole program: what is made with it and without, what the others get of it, what stays secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from stacks.stack_secrets import SecretsError
from tests.components.engine import Engine, Recorded
from tests.edge.certificates import Authority
from tests.stacks.whole_program import SECRETS, run

WEBHOOK = "https://hooks.example.com/marker-77"
ON = {"netdata": {"enabled": True, "notify": {"webhook": True}}}
WITH_URL = {**SECRETS, "llmproxy:netdata-webhook-url": WEBHOOK}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return run(ON, WITH_URL)


def services(engine: Engine) -> dict[str, dict[str, Any]]:
    return {one.inputs["name"]: one.inputs for one in engine.of_type("docker:index/service:Service").values()}


def labels(service: dict[str, Any]) -> dict[str, str]:
    return {one["label"]: one["value"] for one in service["labels"]}


def text(engine: Engine, name: str) -> str:
    found = engine.of_type("docker:index/serviceConfig:ServiceConfig")[name]
    return base64.b64decode(found.inputs["data"]).decode()


def test_three_services_three_volumes_and_one_role_are_made(engine: Engine) -> None:
    ours = {name for name in services(engine) if name.startswith("monitoring_")}
    assert ours == {"monitoring_netdata", "monitoring_discovery", "monitoring_gateway-metrics"}
    volumes = {one.inputs["name"] for one in engine.of_type("docker:index/volume:Volume").values()}
    assert {f"monitoring_netdata-{what}" for what in ("config", "lib", "cache")} <= volumes
    assert "netdata-role" in engine.of_type("pulumi-python:dynamic/swarm:Job")


def test_switched_off_nothing_of_it_is_there() -> None:
    engine = run()
    assert not [name for name in services(engine) if name.startswith("monitoring_")]
    assert not [name for name in labels(services(engine)["llmproxy-data_db"]) if name.startswith("netdata")]
    assert "prometheus" not in text(engine, "litellm-config")


def test_our_database_is_found_by_its_labels_which_hold_no_password(engine: Engine) -> None:
    found = labels(services(engine)["llmproxy-data_db"])
    assert found["netdata.postgres.name"] == "llmproxy"
    assert found["netdata.postgres.dsn"] == (
        "postgresql://netdata@llmproxy-data_db:5432/llmproxy?passfile=/run/secrets/netdata-pgpass"
    )


def test_the_gateway_serves_its_metrics_to_those_with_a_key(engine: Engine) -> None:
    found = yaml.safe_load(text(engine, "litellm-config"))["litellm_settings"]
    assert found["callbacks"] == ["prometheus"]
    assert found["require_auth_for_metrics_endpoint"] is True
    assert "PROMETHEUS_MULTIPROC_DIR=/dev/shm" in text(engine, "litellm-env").splitlines()


def test_callbacks_that_are_passed_through_stay() -> None:
    own = {"litellm": {"litellmSettings": {"callbacks": ["langfuse"]}}}
    found = yaml.safe_load(text(run({**ON, **own}, WITH_URL), "litellm-config"))["litellm_settings"]
    assert found["callbacks"] == ["langfuse", "prometheus"]


def test_a_gateway_without_metrics_takes_out_of_its_database_what_one_with_them_may_have_left_there() -> None:
    def leaves(settings: dict[str, Any], secrets: Mapping[str, str]) -> bool:
        (job,) = (each for each in run(settings, secrets).resources if each.name == "litellm-migrate")
        return any("prometheus" in word for word in job.inputs["args"])

    own = {"litellm": {"litellmSettings": {"callbacks": ["prometheus"]}}}
    assert (leaves({}, SECRETS), leaves(ON, WITH_URL), leaves(own, SECRETS)) == (True, False, False)


def test_the_webhooks_url_is_in_nothing_but_its_secret(engine: Engine) -> None:
    def shown(resource: Recorded) -> str:
        return json.dumps({key: value for key, value in resource.inputs.items() if not resource.is_secret(key)})

    for resource in engine.resources:
        if resource.type != "docker:index/secret:Secret":
            assert WEBHOOK not in shown(resource)
            assert base64.b64encode(WEBHOOK.encode()).decode() not in shown(resource)


def test_a_webhook_without_its_url_is_refused_with_the_command_that_sets_it() -> None:
    with pytest.raises(SecretsError, match="pulumi config set --secret llmproxy:netdata-webhook-url"):
        run(ON)


def test_it_is_routed_behind_basic_auth() -> None:
    engine = run({**ON, "traefik": {"enabled": True}, "ingress": {"certificate": "none"}}, WITH_URL)
    found = labels(services(engine)["monitoring_netdata"])
    router = "traefik.http.routers.netdata"
    assert found[f"{router}.rule"] == "Host(`netdata.llmproxy.localhost`)"
    assert "basic-auth@file" in found[f"{router}.middlewares"]


def test_an_own_authority_reaches_netdata_as_a_file_and_the_collector_by_its_path() -> None:
    authority = Authority()
    pair = authority.issue("*.example.org")
    secrets = {
        **WITH_URL,
        "llmproxy:tls-certificate": pair.certificate,
        "llmproxy:tls-key": pair.key,
        "llmproxy:tls-authority": authority.certificate,
    }
    ingress = {"certificate": "own", "domain": "example.org"}
    engine = run({**ON, "traefik": {"enabled": True}, "ingress": ingress}, secrets)
    spec = services(engine)["monitoring_netdata"]["taskSpec"]["containerSpec"]
    (file,) = [file for file in spec["secrets"] if file["fileName"] == "/run/secrets/tls-authority"]
    assert (file["fileUid"], file["fileMode"]) == ("201", 0o400)
    jobs = json.loads(text(engine, "discovery-jobs"))["httpcheck"]
    assert [job["tls_ca"] for job in jobs if "tls_ca" in job] == ["/run/secrets/tls-authority"] * 2
    assert text(engine, "netdata-llmproxy-conf").count("llmproxy_certificate_untrusted") == 2


def test_an_authority_that_cannot_be_read_is_refused_with_the_command_that_sets_it() -> None:
    with pytest.raises(SecretsError, match=r"tls-authority: it holds no PEM .* --secret llmproxy:tls-authority"):
        run(ON, {**WITH_URL, "llmproxy:tls-authority": "marker"})
