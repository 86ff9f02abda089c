"""On networks that foreign stacks join, no service of ours answers to a short name.

Docker gives all addresses of a name on all networks of the one who asks: ours would be among those of a foreign `db`,
and theirs among those of ours.
"""

from __future__ import annotations

from typing import Any

from tests.stacks.whole_program import run

JOINED_BY_OTHERS = {"public-id", "monitoring-id"}
SERVICES = (
    "portainer",
    "antigravityManager",
    "cliProxyApi",
    "swarmCronjob",
    "dbCleanup",
    "redis",
    "netdata",
    "traefik",
)
HOSTS = {
    f"{label}.example.com" for label in ("llm", "portainer", "netdata", "cli-proxy-api.llm", "antigravity-manager.llm")
}


def test_no_short_name_stands_on_a_network_that_others_join() -> None:
    settings: dict[str, Any] = {name: {"enabled": True} for name in SERVICES}
    engine = run({**settings, "ingress": {"domain": "example.com", "certificate": "none"}})
    services = engine.of_type("docker:index/service:Service")
    networks = [
        (name, network)
        for name, service in services.items()
        for network in service.inputs["taskSpec"]["networksAdvanceds"]
    ]
    assert {network["id"] for _, network in networks} >= JOINED_BY_OTHERS
    found = {name: network["aliases"] for name, network in networks if network["id"] in JOINED_BY_OTHERS}
    assert {name: set(aliases) for name, aliases in found.items() if aliases} == {"traefik": HOSTS}


def test_what_our_services_call_by_a_short_name_has_it_where_only_ours_are() -> None:
    settings: dict[str, Any] = {name: {"enabled": True} for name in SERVICES}
    engine = run({**settings, "ingress": {"domain": "example.com", "certificate": "none"}})
    services = engine.of_type("docker:index/service:Service")
    for name in ("antigravity-manager", "cli-proxy-api", "litellm", "db"):
        networks = services[name].inputs["taskSpec"]["networksAdvanceds"]
        assert {"id": "internal-id", "aliases": [name]} in networks
