"""Each service beside the gateway is a switch: on, it makes its service, volumes and networks; off, nothing."""

from __future__ import annotations

import pytest

from tests.components.engine import Engine
from tests.stacks.whole_program import run, run_anew


def names(engine: Engine, kind: str) -> set[str]:
    return {made.inputs["name"] for made in engine.of_type(f"docker:index/{kind}:{kind.capitalize()}").values()}


@pytest.mark.parametrize(
    ("setting", "services", "volumes", "networks"),
    [
        ("portainer", {"portainer_portainer", "portainer_agent"}, {"portainer_portainer"}, {"portainer_agent"}),
        ("antigravityManager", {"llmproxy_antigravity-manager"}, {"llmproxy_antigravity-manager"}, set()),
        (
            "cliProxyApi",
            {"llmproxy_cli-proxy-api"},
            {"llmproxy_cli-proxy-api-config", "llmproxy_cli-proxy-api-auth"},
            set(),
        ),
    ],
)
def test_a_switch_makes_its_service_and_nothing_else(
    setting: str, services: set[str], volumes: set[str], networks: set[str]
) -> None:
    off, on = run(), run({setting: {"enabled": True}})
    assert names(on, "service") - names(off, "service") == services
    assert names(on, "volume") - names(off, "volume") == volumes
    assert names(on, "network") - names(off, "network") == networks
    assert names(off, "service") <= names(on, "service")


def test_the_gates_of_the_services_mask_their_derived_secrets() -> None:
    engine = run({name: {"enabled": True} for name in ("portainer", "antigravityManager", "cliProxyApi")})
    gates = engine.of_type("pulumi-python:dynamic/swarm:RolloutGate")
    assert len(gates["llmproxy"].plain("secret_values")) >= 5
    assert len(gates["portainer"].plain("secret_values")) >= 2
    assert all(gate.is_secret("secret_values") for name, gate in gates.items() if name != "monitoring")


def test_the_keys_of_a_service_are_derived_unless_the_config_gives_them() -> None:
    def keys(secrets: dict[str, str]) -> object:
        made = run_anew({"antigravityManager": {"enabled": True}}, secrets).of_type("docker:index/secret:Secret")
        return made["antigravity-manager-api-key"].plain("data")

    own = {
        "llmproxy:litellm-master-key": "sk-m",
        "llmproxy:litellm-salt-key": "sk-s",
        "litellm-api-keys:antigravity-manager": "k",
    }
    derived = keys(own)
    assert keys(own) == derived
    assert keys({**own, "llmproxy:litellm-salt-key": "sk-other"}) != derived
    assert keys({**own, "llmproxy:antigravity-api-key": "given"}) == "Z2l2ZW4="
