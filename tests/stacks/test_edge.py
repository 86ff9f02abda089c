"""The ingress in the whole program: what is made when it is on, and which secrets it asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from stacks import certificate_pair
from stacks.stack_secrets import SecretsError
from tests.components.services_under_test import config_text
from tests.edge.certificates import Authority
from tests.stacks.whole_program import SECRETS, run, run_anew

SERVICE, NETWORK = "docker:index/service:Service", "docker:index/network:Network"
TRAEFIK: dict[str, Any] = {"traefik": {"enabled": True}, "ingress": {"domain": "example.com", "certificate": "none"}}
PAIR = Authority().issue("*.example.com")


def test_switched_off_it_makes_nothing() -> None:
    engine = run()
    assert not engine.of_type("llmproxy:stacks:Portainer")
    assert set(engine.of_type(NETWORK)) == {"internal", "public", "monitoring"}


def test_traefik_publishes_the_gateways_port_instead_of_the_gateway() -> None:
    services = run(TRAEFIK).of_type(SERVICE)
    assert {port["publishedPort"] for port in services["traefik"].inputs["endpointSpec"]["ports"]} == {80, 443, 4000}
    assert "ports" not in services["litellm"].inputs["endpointSpec"] or not [
        port for port in services["litellm"].inputs["endpointSpec"]["ports"] if port.get("publishedPort") == 4000
    ]


def test_the_docker_api_is_on_a_network_of_its_own() -> None:
    engine = run(TRAEFIK)
    assert engine.of_type(NETWORK)["socket-proxy"].inputs["internal"] is True
    proxy, traefik = (engine.of_type(SERVICE)[name].inputs["taskSpec"] for name in ("socket-proxy", "traefik"))
    assert [network["id"] for network in proxy["networksAdvanceds"]] == ["socket-proxy-id"]
    assert {network["id"] for network in traefik["networksAdvanceds"]} == {"public-id", "socket-proxy-id"}


def test_a_traefik_of_others_makes_no_network_public() -> None:
    engine = run({"ingress": {"domain": "example.com", "existing": {"network": "edge"}}})
    assert "public" not in engine.of_type(NETWORK)
    assert engine.one("pulumi-python:dynamic/swarm:ForeignNetwork").plain("name") == "edge"


def test_cloudflare_is_trusted_only_when_asked() -> None:
    trusted = {**TRAEFIK, "ingress": {**TRAEFIK["ingress"], "trustCloudflareAddresses": True}}
    texts = [config_text(run(settings), "traefik-static") for settings in (TRAEFIK, trusted)]
    assert ["173.245.48.0/20" in text for text in texts] == [False, True]


@pytest.mark.parametrize(
    ("ingress", "secrets", "text"),
    [
        (
            {"certificate": "acme", "acme": {"email": "a@example.com", "challenge": "dns-cloudflare"}},
            {},
            "llmproxy:cloudflare-dns-api-token: no value, but ingress.acme.challenge is dns-cloudflare; type: pulumi",
        ),
        ({"certificate": "own"}, {}, "llmproxy:tls-certificate: no value, but ingress.certificate is own; type: "),
        (
            {"certificate": "own"},
            {"tls-certificate": "marker", "tls-key": PAIR.key},
            "llmproxy:tls-certificate: it holds no PEM certificate that can be read; allowed is PEM text",
        ),
        (
            {"certificate": "own"},
            {"tls-certificate": PAIR.certificate, "tls-key": Authority().issue("x").key},
            "llmproxy:tls-key: it is not the key of tls-certificate; allowed is the PEM private key",
        ),
    ],
)
def test_a_secret_that_is_missing_or_of_no_use_is_told_with_its_command(
    ingress: dict[str, Any], secrets: dict[str, str], text: str
) -> None:
    given = {**SECRETS, **{f"llmproxy:{name}": value for name, value in secrets.items()}}
    with pytest.raises(SecretsError) as caught:
        run({**TRAEFIK, "ingress": {"domain": "example.com", **ingress}}, given)
    assert text in str(caught.value)
    assert "marker" not in str(caught.value)


@pytest.mark.parametrize(
    ("names", "hosts", "doubts"),
    [
        (["*.example.com"], ["llm.example.com", "LLM.example.com"], []),
        (["*.example.com"], ["cli-proxy-api.llm.example.com"], ["it is not for cli-proxy-api.llm.example.com"]),
        (["llm.example.com"], ["llm.example.com", "a.b", "c.d"], ["it is not for a.b, c.d"]),
    ],
)
def test_a_certificate_for_other_names_is_told(names: list[str], hosts: list[str], doubts: list[str]) -> None:
    certificate = Authority().issue(*names).certificate
    assert certificate_pair.doubts(certificate, hosts, datetime.now(UTC)) == doubts


def test_a_certificate_that_has_ended_is_told() -> None:
    old = Authority().issue("a.b", ends=datetime(2026, 1, 2, tzinfo=UTC)).certificate
    assert certificate_pair.doubts(old, ["a.b"], datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert certificate_pair.doubts(old, ["a.b"], datetime(2026, 1, 3, tzinfo=UTC)) == ["it ended on 2026-01-02"]


def test_what_browsers_would_refuse_is_a_warning_with_place_allowed_and_remedy(
    caplog: pytest.LogCaptureFixture,
) -> None:
    given = {**SECRETS, "llmproxy:tls-certificate": PAIR.certificate, "llmproxy:tls-key": PAIR.key}
    run_anew({**TRAEFIK, "ingress": {"domain": "example.org", "certificate": "own"}}, given)
    said = caplog.text
    assert ": llmproxy:tls-certificate: it is not for llm.example.org; allowed is one that is valid now and" in said
    assert "type: pulumi config set --secret llmproxy:tls-certificate" in said
