"""Which services have a handover, and that a changed key waits in the right order."""

from __future__ import annotations

import json

import pulumi
import pytest

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog
from stacks import handovers, program, service_keys
from stacks.environment import Environment
from stacks.service_secrets import NAMES
from stacks.settings import parse
from tests.components.engine import Engine, drained

BEGIN, END = "pulumi-python:dynamic/swarm:Handover", "pulumi-python:dynamic/swarm:HandoverEnd"
SECRETS = {
    "llmproxy:litellm-master-key": "sk-master",
    "llmproxy:litellm-salt-key": "sk-salt",
    "llmproxy:antigravity-api-key": "key-marker",
}
ON = {"antigravityManager": {"enabled": True}}


def catalog(*providers: str) -> ResolvedCatalog:
    document: JsonObject = {
        "providers": {
            name: {"api_key_of_service": "antigravity-manager", "interfaces": {"openai": {}, "anthropic": {}}}
            for name in providers
        }
    }
    layers = [Layer(path="c.json", document=document)]
    services = dict.fromkeys(service_keys.SERVICES)
    return resolve(layers, providers_with_key=[], skip_providers_without_key=False, services=services)


def made(resolved: ResolvedCatalog) -> Engine:
    def build() -> None:
        pulumi.runtime.set_all_config({"llmproxy:settings": json.dumps(ON), **SECRETS}, secret_keys=list(SECRETS))
        settings = program.read_settings()
        environment = Environment("llmproxy", "dev", settings, program.read_secrets(settings))
        begun = handovers.begin(environment, resolved)
        assert bool(begun.before("antigravity-manager")) == bool(resolved.credentials)
        assert begun.before("cli-proxy-api") == []
        begun.end(after=[])

    try:
        return drained(build)
    finally:
        pulumi.runtime.set_all_config({})


def test_a_service_that_no_provider_names_has_no_handover() -> None:
    engine = made(catalog())
    assert not engine.of_type(BEGIN)
    assert not engine.of_type(END)


def test_all_credentials_of_a_service_are_handed_over_together_and_its_secrets_stay_secret() -> None:
    engine = made(catalog("p", "q"))
    begin, end = engine.one(BEGIN), engine.one(END)
    names = ["p-anthropic", "p-openai", "q-anthropic", "q-openai"]
    assert begin.plain("credentials") == end.plain("credentials") == names
    assert begin.plain("service_name") == "llmproxy_antigravity-manager"
    assert begin.is_secret("secret_files")
    assert begin.plain("secret_files")["/run/secrets/api-key"] == "key-marker"
    assert begin.plain("key_file") in begin.plain("secret_files")
    assert "key-marker" not in json.dumps(end.inputs, default=str)


@pytest.mark.parametrize("service", service_keys.SERVICES)
def test_every_row_names_secrets_that_exist_and_a_setting_that_switches_it_on(service: str) -> None:
    row = service_keys.SERVICES[service]
    assert {row.key, *row.other_files.values()} <= set(NAMES)
    off = parse({}, place="x")
    command = f"pulumi config set --path llmproxy:settings.{row.setting} true"
    assert service_keys.switched(off, "llmproxy")[service] == command
    name = row.setting.partition(".")[0]
    assert service_keys.switched(parse({name: {"enabled": True}}, place="x"), "llmproxy")[service] is None
