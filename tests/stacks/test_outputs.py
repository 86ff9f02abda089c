"""The stack outputs that say how the services are reached: addresses and the DNS records for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.stacks.whole_program import run_anew

Outputs = Callable[[dict[str, Any]], dict[str, Any]]
TRAEFIK: dict[str, Any] = {"traefik": {"enabled": True, "httpsPort": 8443}, "portainer": {"enabled": True}}


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Outputs:
    """Gives what a run with these settings exports."""

    def exported(settings: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        monkeypatch.setattr(pulumi, "export", found.__setitem__)
        run_anew(settings)
        return found

    return exported


def test_each_public_service_has_its_address_and_each_name_a_record_for_each_address(outputs: Outputs) -> None:
    ingress = {"certificate": "none", "domain": "example.org", "addresses": ["192.0.2.7", "2001:db8::7"]}
    found = outputs({**TRAEFIK, "ingress": ingress})
    assert found["urls"] == {
        "litellm": "https://llm.example.org:8443",
        "portainer": "https://portainer.example.org:8443",
    }
    # Plain values: `pulumi stack output --json dnsRecords` is for programs.
    assert sorted(found["dnsRecords"], key=lambda record: (record["host"], record["kind"])) == [
        {"service": service, "host": host, "kind": kind, "value": value}
        for service, host in (("litellm", "llm.example.org"), ("portainer", "portainer.example.org"))
        for kind, value in (("A", "192.0.2.7"), ("AAAA", "2001:db8::7"))
    ]


def test_behind_a_traefik_of_others_the_addresses_have_no_port_of_ours_and_the_records_are_open(
    outputs: Outputs,
) -> None:
    existing = {"network": "edge", "entryPoint": "websecure"}
    found = outputs({"ingress": {"domain": "example.org", "existing": existing}})
    assert found["urls"] == {"litellm": "https://llm.example.org"}
    assert found["dnsRecords"] == [{"service": "litellm", "host": "llm.example.org", "kind": None, "value": None}]


def test_where_nothing_routes_neither_is_an_output_and_the_gateway_has_its_own_address(outputs: Outputs) -> None:
    found = outputs({})
    assert {"urls", "dnsRecords"} & found.keys() == set()
    assert (found["gatewayUrl"], found["uiUrl"]) == ("http://127.0.0.1:4000", "http://127.0.0.1:4000/ui")
