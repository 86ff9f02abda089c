"""The whole program against a recording engine: what is made, in whose name, and what stays secret."""

from __future__ import annotations

import base64
import json
import sys
import traceback
from collections.abc import Mapping

import pulumi
import pytest

from litellm_resources.live_tables import TABLES
from stacks import program
from stacks.stack_secrets import SecretsError
from tests.components.engine import drained
from tests.stacks.whole_program import SECRETS, configured, run, run_anew

VARIABLE = "litellm-environment:UI_PASSWORD"
WITH_VARIABLE = {"litellm": {"secretEnvironment": ["UI_PASSWORD"]}}


def test_every_swarm_name_carries_the_prefix() -> None:
    engine = run({"namePrefix": "two-"})
    services = engine.of_type("docker:index/service:Service").values()
    assert {service.inputs["name"] for service in services} == {"two-llmproxy-data_db", "two-llmproxy_litellm"}
    networks = engine.of_type("docker:index/network:Network").values()
    assert {n.inputs["name"] for n in networks} == {"two-llmproxy_internal", "two-public", "two-monitoring"}
    (volume,) = engine.of_type("docker:index/volume:Volume").values()
    assert volume.inputs["name"] == "two-llmproxy-data_db"


def test_each_spec_of_the_catalog_is_one_resource() -> None:
    engine = run()
    assert set(engine.of_type("pulumi-python:dynamic/litellm:Credential")) == {"antigravity-manager-anthropic"}
    assert len(engine.of_type("pulumi-python:dynamic/litellm:Model")) == 4
    assert len(engine.of_type("pulumi-python:dynamic/litellm:RouterSettings")) == 1


def test_what_is_left_over_is_looked_for_last_and_knows_all_that_is_declared() -> None:
    engine = run()
    made = [resource for resource in engine.resources if ":dynamic/litellm:" in resource.type]
    leftovers = engine.one("pulumi-python:dynamic/litellm:Leftovers")
    assert made[-1] is leftovers
    declared = leftovers.plain("declared")
    assert set(declared) == set(TABLES), "of a kind that is not told of nothing is removed"
    assert {kind: len(names) for kind, names in declared.items() if names} == {"credential": 1, "model": 4}
    assert declared["model"] == sorted(engine.of_type("pulumi-python:dynamic/litellm:Model"))


def test_secrets_stay_secret_on_their_way_to_the_engine() -> None:
    engine = run()
    for resource in engine.resources:
        shown = {name: value for name, value in resource.inputs.items() if not resource.is_secret(name)}
        for marker in SECRETS.values():
            assert marker not in json.dumps(shown, default=str), (resource.type, resource.name)


def test_an_external_database_makes_no_service_and_no_volume() -> None:
    external = {"postgres": {"external": {"host": "db.example.com"}}}
    engine = run(external, {**SECRETS, "llmproxy:db-password": "p"})
    assert [s.inputs["name"] for s in engine.of_type("docker:index/service:Service").values()] == ["llmproxy_litellm"]
    assert not engine.of_type("docker:index/volume:Volume")


@pytest.mark.parametrize(
    ("settings", "path", "found"),
    [
        ({"namePrefix": "two-"}, "namePrefix", "two-"),
        ({"postgres": {"database": "other"}}, "postgres.database", "other"),
        ({"postgres": {"user": "other"}}, "postgres.user", "other"),
        ({"postgres": {"external": {"host": "db.example.com"}}}, "postgres.external", "db.example.com:5432"),
    ],
)
def test_what_leads_to_the_data_is_in_its_memory(settings: Mapping[str, object], path: str, found: str) -> None:
    secrets = {**SECRETS, "llmproxy:db-password": "p"}
    before, after = (
        run(each, secrets).one("pulumi-python:dynamic/swarm:DataFingerprint").plain("fixed") for each in ({}, settings)
    )
    assert {name for name in after if after[name] != before[name]} == {path}
    assert after[path] == found


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def warnings_of_settings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text for text in warnings(caplog) if text.startswith("Pulumi.")]


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"postgres": {"allowNewVolume": True}}, "postgres.allowNewVolume"),
        ({"litellm": {"allowNewSaltKey": True}}, "litellm.allowNewSaltKey"),
    ],
)
def test_a_protection_that_is_off_is_said_on_every_run_with_the_command_that_puts_it_back(
    settings: Mapping[str, object], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    run_anew(settings)
    (told,) = warnings_of_settings(caplog)
    assert told.startswith(f"Pulumi.prod.yaml: llmproxy:settings.{path} is true, the protection is off: ")
    assert told.endswith(f"after this up: pulumi config rm --path llmproxy:settings.{path} --stack prod")
    assert "\n" not in told


def test_nothing_is_said_of_a_protection_that_is_on(caplog: pytest.LogCaptureFixture) -> None:
    run_anew()
    assert warnings_of_settings(caplog) == []


def test_what_the_catalog_perhaps_does_not_mean_is_warned_of_by_the_price_table_of_the_gateway_s_version(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The catalog is the original's: LiteLLM 1.81.12 charges nothing for three of its four models (measured)."""
    newer = {"litellm": {"image": "ghcr.io/berriai/litellm-database:v1.109.1"}}
    run_anew()
    (told,) = [text for text in warnings(caplog) if text.startswith("catalog/")]
    assert told.startswith("catalog/catalog.json: providers.antigravity-manager: found no price for ")
    caplog.clear()
    run_anew(newer)
    assert [text for text in warnings(caplog) if text.startswith("catalog/")] == []


@pytest.mark.parametrize("missing", ["llmproxy:litellm-master-key", "llmproxy:litellm-salt-key"])
def test_a_missing_secret_names_the_command_that_sets_it(missing: str) -> None:
    secrets = {key: value for key, value in SECRETS.items() if key != missing}
    with pytest.raises(SecretsError, match=f"pulumi config set --secret {missing} --stack prod"):
        run(secrets=secrets)


@pytest.mark.parametrize("key", ["llmproxy:db-password", VARIABLE, *SECRETS])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", "it is empty"),
        ("marker\n", "it holds a line break or NUL"),
        ("marker\nmarker", "it holds a line break or NUL"),
        ("marker\r", "it holds a line break or NUL"),
        ("mark\0er", "it holds a line break or NUL"),
    ],
)
def test_a_secret_that_is_not_one_line_is_refused_without_being_shown(key: str, value: str, found: str) -> None:
    with pytest.raises(SecretsError) as caught:
        run(WITH_VARIABLE, {**SECRETS, VARIABLE: "x", key: value})
    told = str(caught.value)
    assert told.startswith(f"Pulumi.prod.yaml: {key}: {found}; allowed is one line")
    assert told.endswith(f"type: pulumi config set --secret {key} --stack prod")
    assert "mark" not in told


def test_a_password_of_one_line_is_taken_as_it_is() -> None:
    password = " p@ss:/?#%'\"\\$`\t\u00e9\u2028x "
    engine = run(secrets={**SECRETS, "llmproxy:db-password": password})
    secrets = engine.of_type("docker:index/secret:Secret")
    assert base64.b64decode(secrets["db-password"].plain("data")).decode() == password


def test_a_secret_variable_reaches_the_gateway_as_a_file_of_its_own_and_no_other_way() -> None:
    engine = run(WITH_VARIABLE, {**SECRETS, VARIABLE: "marker of a variable"})

    secret = engine.of_type("docker:index/secret:Secret")["litellm-env-UI_PASSWORD"]
    assert base64.b64decode(secret.plain("data")).decode() == "marker of a variable"
    for resource in engine.resources:
        shown = {name: value for name, value in resource.inputs.items() if not resource.is_secret(name)}
        assert "marker of a variable" not in json.dumps(shown, default=str), (resource.type, resource.name)
        encoded = base64.b64encode(b"marker of a variable").decode()
        assert encoded not in json.dumps(shown, default=str), (resource.type, resource.name)


def test_a_secret_variable_without_a_value_names_the_command_that_sets_it() -> None:
    with pytest.raises(SecretsError) as caught:
        run(WITH_VARIABLE)
    assert str(caught.value) == (
        f"Pulumi.prod.yaml: {VARIABLE}: no value, but litellm.secretEnvironment names it; "
        f"type: pulumi config set --secret {VARIABLE} --stack prod"
    )


def test_a_missing_provider_key_stops_the_run_before_anything_is_made() -> None:
    secrets = {key: value for key, value in SECRETS.items() if not key.startswith("litellm-api-keys:")}
    with pytest.raises(pulumi.RunError, match="pulumi config set --secret litellm-api-keys:antigravity-manager"):
        run(secrets=secrets)


def test_a_wrong_setting_is_told_with_its_place() -> None:
    with pytest.raises(pulumi.RunError, match=r"Pulumi\.prod\.yaml: llmproxy:settings\.nope: unknown setting"):
        run({"nope": 1})


@pytest.mark.parametrize("text", ["litellm", '"litellm"', '["litellm"]', "5"])
def test_settings_that_are_no_object_are_one_error_without_a_traceback(text: str) -> None:
    with configured(text, {}), pytest.raises(pulumi.RunError, match="llmproxy:settings") as caught:
        drained(program.read_settings, stack="prod")
    assert "\n" not in str(caught.value)


def test_every_virtual_key_is_an_output_by_its_alias_and_the_first_one_is_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exported: dict[str, object] = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)
    engine = run_anew(stack="dev")

    keys = exported["virtualKeys"]
    assert isinstance(keys, dict)
    assert set(keys) == set(engine.of_type("pulumi-python:dynamic/litellm:Key")) == {"developer"}
    assert exported["virtualKey"] is keys["developer"]


def test_redis_reaches_the_gateway_as_a_secret_and_a_setting_and_is_waited_for() -> None:
    engine = run({"redis": {"enabled": True}}, {**SECRETS, "llmproxy:redis-password": "redis-marker"})
    services = {one.inputs["name"]: one for one in engine.of_type("docker:index/service:Service").values()}
    assert "llmproxy-data_redis" in services
    gateway = json.dumps(services["llmproxy_litellm"].inputs, default=str)
    assert "/run/secrets/redis-password" in gateway
    assert "redis-marker" not in gateway
    configs = engine.of_type("docker:index/serviceConfig:ServiceConfig")
    yaml_text = base64.b64decode(configs["litellm-config"].inputs["data"]).decode()
    assert "type: redis" in yaml_text
    assert "supported_call_types: []" in yaml_text
    assert (
        "@url REDIS_URL=/run/secrets/redis-password redis://: @llmproxy-data_redis:6379/0"
        in base64.b64decode(configs["litellm-env"].inputs["data"]).decode()
    )


def test_the_state_gets_few_frames_of_a_resource_and_a_traceback_all() -> None:
    def deep(left: int) -> int:
        return deep(left - 1) if left else len(traceback.extract_stack())

    with program.few_frames():
        inside = deep(20)
    assert inside == program.FRAMES_IN_THE_STATE
    assert deep(20) > 20
    assert not hasattr(sys, "tracebacklimit")
