"""Antigravity Manager and CLIProxyAPI as services."""

from __future__ import annotations

import base64

import pytest

from components.naming import SwarmStack
from components.services.antigravity_manager import AntigravityManager, AntigravityManagerArgs
from components.services.cli_proxy_api import CliProxyApi, CliProxyApiArgs
from tests.components.engine import Engine, drained
from tests.components.services_under_test import config_text, container, service

STACK = SwarmStack(name="llmproxy", project="llmproxy", environment="test")
SECRETS = ("marker-key", "marker-other")
ANTIGRAVITY = AntigravityManagerArgs(
    stack=STACK,
    image="antigravity:1",
    api_key=SECRETS[0],
    web_password=SECRETS[1],
    volume_name="vol",
    internal_network_id="net-internal",
    network_ids=["net-public"],
)
CLI_PROXY = CliProxyApiArgs(
    stack=STACK,
    image="cli:1",
    declared="port: 8317\n",
    api_key=SECRETS[0],
    management_key=SECRETS[1],
    config_volume="vol-config",
    auth_volume="vol-auth",
    internal_network_id="net-internal",
    network_ids=[],
)


@pytest.fixture(scope="module")
def antigravity() -> Engine:
    return drained(lambda: AntigravityManager("antigravity-manager", ANTIGRAVITY))


@pytest.fixture(scope="module")
def cli_proxy() -> Engine:
    return drained(lambda: CliProxyApi("cli-proxy-api", CLI_PROXY))


def test_antigravity_reads_its_secrets_from_files_and_takes_bodies_as_large_as_the_originals(
    antigravity: Engine,
) -> None:
    assert config_text(antigravity, "antigravity-manager-env").splitlines() == [
        "@drain 30",
        "ABV_MAX_BODY_SIZE=104857600",
        "@file API_KEY=/run/secrets/api-key",
        "@file WEB_PASSWORD=/run/secrets/web-password",
    ]
    assert container(antigravity)["args"] == ["/app/antigravity-tools", "--headless"]


def test_antigravity_keeps_its_folder_in_the_volume(antigravity: Engine) -> None:
    (mount,) = container(antigravity)["mounts"]
    assert (mount["source"], mount["target"]) == ("vol", "/root/.antigravity_tools")


def test_each_answers_to_its_short_name_on_the_internal_network_alone(antigravity: Engine, cli_proxy: Engine) -> None:
    assert service(antigravity)["taskSpec"]["networksAdvanceds"] == [
        {"id": "net-internal", "aliases": ["antigravity-manager"]},
        {"id": "net-public", "aliases": []},
    ]
    assert service(cli_proxy)["taskSpec"]["networksAdvanceds"] == [{"id": "net-internal", "aliases": ["cli-proxy-api"]}]


def test_each_starts_the_next_task_first_and_lets_the_old_one_end_what_it_began(
    antigravity: Engine, cli_proxy: Engine
) -> None:
    for engine in (antigravity, cli_proxy):
        assert service(engine)["updateConfig"]["order"] == "start-first"
        assert container(engine)["stopGracePeriod"] == "1m"


def test_the_health_checks_use_what_the_official_images_have(antigravity: Engine, cli_proxy: Engine) -> None:
    assert container(antigravity)["healthcheck"]["tests"][:3] == ["CMD", "python3", "-c"]
    assert "/health" in container(antigravity)["healthcheck"]["tests"][3]
    tests = container(cli_proxy)["healthcheck"]["tests"]
    assert (tests[1], tests[-1]) == ("wget", "http://127.0.0.1:8317/")


def test_no_secret_is_in_anything_but_a_secret(antigravity: Engine, cli_proxy: Engine) -> None:
    for resource in (*antigravity.resources, *cli_proxy.resources):
        if resource.type != "docker:index/secret:Secret":
            for secret in SECRETS:
                assert secret not in str(resource.inputs), resource.name
                assert base64.b64encode(secret.encode()).decode() not in str(resource.inputs), resource.name


def test_cli_proxy_api_starts_through_the_script_that_is_told_what_the_swarm_objects_are_called(
    cli_proxy: Engine,
) -> None:
    names = [f"cli-proxy-api-{part}-0000000" for part in ("config", "api-key", "management-key")]
    assert container(cli_proxy)["args"] == [
        *("/bin/sh", "/etc/llmproxy/cli-proxy-file.sh", "+".join(names), names[-1]),
        *("./CLIProxyAPI", "--config", "/CLIProxyAPI/config/config.yaml"),
    ]
    assert config_text(cli_proxy, "cli-proxy-api-config") == "port: 8317\n"


def test_cli_proxy_api_keeps_config_and_accounts_in_a_volume_each(cli_proxy: Engine) -> None:
    kept = {mount["target"]: mount["source"] for mount in container(cli_proxy)["mounts"]}
    assert kept == {"/CLIProxyAPI/config": "vol-config", "/CLIProxyAPI/auth": "vol-auth"}
