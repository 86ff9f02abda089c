"""Host names, labels, DNS records and what contradicts itself among the settings of the ingress."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from stacks import dns_records
from stacks.ingress import Ingress
from stacks.settings import Settings, parse
from stacks.settings_errors import SettingsError

OURS: dict[str, Any] = {"traefik": {"enabled": True}, "ingress": {"domain": "example.com", "certificate": "own"}}
THEIRS: dict[str, Any] = {"ingress": {"domain": "example.com", "existing": {"network": "edge"}}}


def settings(document: JsonValue) -> Settings:
    return parse(document, place="here")


def ours(**ingress: JsonValue) -> dict[str, Any]:
    return {**OURS, "ingress": {**OURS["ingress"], **ingress}}


def theirs(**existing: JsonValue) -> dict[str, Any]:
    return {"ingress": {"domain": "example.com", "existing": {"network": "edge", **existing}}}


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            {
                **OURS,
                "portainer": {"enabled": True, "hostName": "LLM.example.com"},
                "litellm": {"hostName": "llm.example.com"},
            },
            "here.litellm.hostName: found 'llm.example.com', which portainer has as well; allowed is a name of its own",
        ),
        (ours(certificate="acme"), "here.ingress.acme.email: found nothing; allowed with ingress.certificate acme is"),
        (
            ours(certificate="acme", acme={"email": "me@example"}),
            "here.ingress.acme.email: found 'me@example'; allowed is an e-mail address such as admin@example.com",
        ),
        (
            ours(domain="x.localhost", certificate="acme", acme={"email": "a@example.com"}),
            "here.ingress.domain: llm.x.localhost gets no certificate from Let's Encrypt",
        ),
        (
            {**OURS, "traefik": {"enabled": True, "httpPort": 443}},
            "here.traefik.httpsPort: found 443, which traefik.httpPort is as well",
        ),
        (
            {**OURS, "traefik": {"enabled": True, "httpsPort": 4000}},
            "here.litellm.hostPort: found 4000, which traefik.httpsPort is as well",
        ),
        (
            {**OURS, "traefik": {"enabled": True, "environment": {"CF_DNS_API_TOKEN": "marker"}}},
            "here.traefik.environment.CF_DNS_API_TOKEN: a secret would stand in clear here",
        ),
        (
            {**OURS, "traefik": {"enabled": True, "environment": {"HTTPS_PROXY": "http://u:marker@proxy:3128"}}},
            "here.traefik.environment.HTTPS_PROXY: a secret would stand in clear here",
        ),
        (
            {**ours(certificate="acme", acme={"email": "a@example.com"}), "traefik": {"enabled": True, "replicas": 2}},
            "here.traefik.replicas: found 2; allowed with ingress.certificate acme is 1, as account and certificates",
        ),
        (
            {**OURS, "docker": {"nodes": 2}, "traefik": {"enabled": True, "replicas": 3}},
            "here.traefik.replicas: found 3; allowed is one a node, as it holds ports of the node, and docker.nodes is",
        ),
        (
            {**THEIRS, "traefik": {"enabled": True}},
            "here.ingress.existing: found beside traefik.enabled: true; allowed is one of the two",
        ),
        (
            {**THEIRS, "portainer": {"enabled": True, "basicAuth": True}},
            "here.ingress.existing.basicAuthMiddleware: found nothing, but portainer is behind basic auth",
        ),
        (ours(addresses=["lb.example.net", "192.0.2.1"]), "here.ingress.addresses: found the host name lb.example.net"),
        (ours(addresses=["192.0.2.300"]), "here.ingress.addresses.0: found '192.0.2.300'; allowed is an IPv4 or IPv6"),
        (
            ours(allowList=["10.0.0.1/8"]),
            "here.ingress.allowList.0: found '10.0.0.1/8'; allowed is an address or a range",
        ),
        (ours(rateLimit={"average": 0, "burst": 1}), "here.ingress.rateLimit.average: found 0; allowed: 1 or more"),
        (
            ours(acme={"caCertificates": "-----BEGIN PRIVATE KEY-----\nmarker"}),
            "found a private key in it; allowed are certificates alone",
        ),
        (ours(basicAuthUser="a:b"), "here.ingress.basicAuthUser: found 'a:b'; allowed is letters"),
    ],
)
def test_a_mistake_is_one_line_with_place_and_remedy(document: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(document)
    (found,) = [problem for problem in caught.value.problems if line in problem] or caught.value.problems
    assert line in found
    assert "marker" not in found


def test_nothing_is_checked_where_nothing_routes() -> None:
    both: dict[str, Any] = {
        "portainer": {"enabled": True, "hostName": "x.example.com"},
        "litellm": {"hostName": "x.example.com"},
    }
    assert settings({**both, "traefik": {"httpPort": 443}}).ingress.acme.email is None


def test_replicas_need_no_nodes_of_their_own_where_traefik_publishes_the_port() -> None:
    workers: dict[str, Any] = {"litellm": {"replicas": 2}}
    assert settings({**OURS, **workers}).litellm.replicas == 2
    with pytest.raises(SettingsError, match="a host port allows one replica a node"):
        settings(workers)


def test_records_are_of_the_services_that_are_on_one_for_each_address() -> None:
    found = settings({**ours(addresses=["192.0.2.1", "2001:db8::1"]), "portainer": {"enabled": True}})
    assert [(record.host, record.kind, record.value) for record in dns_records.records(found)] == [
        ("portainer.example.com", "A", "192.0.2.1"),
        ("portainer.example.com", "AAAA", "2001:db8::1"),
        ("llm.example.com", "A", "192.0.2.1"),
        ("llm.example.com", "AAAA", "2001:db8::1"),
    ]


def test_a_name_leads_to_a_name_and_without_an_address_the_record_is_open() -> None:
    (record,) = dns_records.records(settings(ours(addresses=["lb.example.net"])))
    assert (record.kind, record.value) == ("CNAME", "lb.example.net")
    (record,) = dns_records.records(settings(OURS))
    assert (record.host, record.kind, record.value) == ("llm.example.com", None, None)


def test_names_under_localhost_need_no_record_but_have_an_address() -> None:
    found = settings({**ours(domain="llmproxy.localhost"), "traefik": {"enabled": True, "httpsPort": 8443}})
    assert dns_records.records(found) == []
    assert dns_records.urls(found) == {"litellm": "https://llm.llmproxy.localhost:8443"}


def test_there_are_no_names_where_nothing_routes() -> None:
    assert dns_records.urls(Settings()) == {}


def test_our_traefik_has_the_middlewares_by_file_and_no_label_leads_to_the_gateways_host_port() -> None:
    document = ours(allowList=["10.0.0.0/8"], rateLimit={"average": 5, "burst": 5})
    labels = Ingress(settings({**document, "portainer": {"enabled": True, "basicAuth": True}}))
    gateway = labels.labels("litellm", None, 4000)
    assert gateway["traefik.http.routers.litellm.middlewares"] == (
        "ip-allow-list@file,rate-limit@file,security-headers@file,whole-request@file"
    )
    assert [value for label, value in gateway.items() if label.endswith(".entrypoints")] == ["websecure"]
    portainer = labels.labels("portainer", None, 9000)
    assert portainer["traefik.http.routers.portainer.middlewares"].endswith(",basic-auth@file,whole-request@file")


def test_the_gateways_host_port_is_for_this_machine_and_private_networks_unless_a_setting_says_otherwise() -> None:
    usual = Ingress(settings(ours(trustCloudflareAddresses=True)))
    assert usual.names_before_host_port == ["host-port-allow-list@file", "whole-request@file"]
    allowed = usual.file_middlewares["host-port-allow-list"]["ipAllowList"]
    ranges = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
    assert allowed == {"sourceRange": ranges}
    open_to_all = Ingress(settings({**OURS, "litellm": {"hostPortAllowList": []}}))
    none = Ingress(settings({**OURS, "litellm": {"hostPort": None, "adminUrl": "https://llm.example.com"}}))
    for ingress in (open_to_all, none):
        assert ingress.names_before_host_port == ["whole-request@file"]
        assert "host-port-allow-list" not in ingress.file_middlewares


def test_a_request_is_held_before_every_service_and_never_sent_twice() -> None:
    held = Ingress(settings(OURS)).file_middlewares["whole-request"]["retry"]
    assert isinstance(held, dict)
    # No server sends it, and a request that did not get through is the client's to send again.
    assert (held["status"], held["disableRetryOnNetworkError"]) == (["999"], True)


def test_a_traefik_of_others_gets_them_as_labels_but_never_a_password() -> None:
    document = {**theirs(basicAuthMiddleware="auth@file"), "portainer": {"enabled": True, "basicAuth": True}}
    labels = Ingress(settings(document)).labels("portainer", None, 9000)
    assert labels["traefik.swarm.network"] == "edge"
    assert labels["traefik.http.routers.portainer.middlewares"] == "auth@file,portainer-security-headers"
    assert labels["traefik.http.middlewares.portainer-security-headers.headers.contentTypeNosniff"] == "true"
    assert not any("basicAuth" in label for label in labels)
