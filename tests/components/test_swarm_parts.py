"""Networks, configs, secrets and volumes as the provider gets them."""

from __future__ import annotations

import base64

import pulumi

from components.config import Config, ConfigArgs
from components.network import Network, NetworkArgs
from components.secret import Secret, SecretArgs
from components.volume import Volume, VolumeArgs
from tests.components.engine import drained


def test_a_network_is_an_overlay_without_addresses_of_its_own() -> None:
    engine = drained(lambda: Network("net", NetworkArgs(name="x_net", internal=True, labels={"a": "b"})))
    assert engine.one("docker:index/network:Network").inputs == {
        "name": "x_net",
        "driver": "overlay",
        "internal": True,
        "attachable": False,
        "labels": [{"label": "a", "value": "b"}],
    }


def test_a_config_is_named_by_pulumi_so_that_a_new_text_is_a_new_config() -> None:
    engine = drained(lambda: Config("cfg", ConfigArgs("text ü", labels={"a": "b"})))
    config = engine.one("docker:index/serviceConfig:ServiceConfig")
    assert set(config.inputs) == {"data", "labels"}
    assert config.inputs["labels"] == [{"label": "a", "value": "b"}]
    assert base64.b64decode(config.inputs["data"], validate=True).decode() == "text ü"


def test_a_secret_is_named_by_pulumi_and_stays_secret_also_when_the_caller_forgot() -> None:
    engine = drained(lambda: Secret("pw", SecretArgs("p?ss>word~", labels={"a": "b"})))
    secret = engine.one("docker:index/secret:Secret")
    assert set(secret.inputs) == {"data", "labels"}
    assert secret.is_secret("data")
    # The provider takes the standard alphabet only, and prints what it refuses in clear.
    assert base64.b64decode(secret.plain("data"), validate=True).decode() == "p?ss>word~"


def test_a_volume_carries_the_token_by_which_it_is_recognised() -> None:
    engine = drained(lambda: Volume("vol", VolumeArgs(name="x_db", token=pulumi.Output.from_input("t1"))))
    assert engine.one("docker:index/volume:Volume").inputs == {
        "name": "x_db",
        "labels": [{"label": "llmproxy.volume-token", "value": "t1"}],
    }


def test_the_type_tokens_are_those_of_the_state_contract() -> None:
    def build() -> None:
        Network("net", NetworkArgs(name="n"))
        Config("cfg", ConfigArgs("t"))
        Secret("pw", SecretArgs("s"))
        Volume("vol", VolumeArgs(name="v", token="t"))

    tokens = {resource.type for resource in drained(build).resources if resource.type.startswith("llmproxy:")}
    assert tokens == {f"llmproxy:swarm:{kind}" for kind in ("Network", "Config", "Secret", "Volume")}
