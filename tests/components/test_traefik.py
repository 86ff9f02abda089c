"""Traefik, its two files, and the socket proxy as the provider gets them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from components.errors import DataMismatch
from components.foreign_network import ForeignNetworkInputs, usable_id
from components.naming import SwarmStack
from components.services import socket_proxy, traefik_config
from components.services.socket_proxy import SocketProxy, SocketProxyArgs
from components.services.traefik import OwnCertificate, Traefik, TraefikArgs
from components.services.traefik_acme import Acme
from components.services.traefik_config import IngressConfig
from components.swarm_state import NetworkState
from tests.components.engine import drained
from tests.components.services_under_test import config_text, container, service

STACK = SwarmStack(name="portainer", project="llmproxy", environment="test")
CONFIG = IngressConfig(network="public", endpoint="tcp://socket-proxy:2375", https_port=8443, certificate="none")
ACME = Acme(email="a@example.com")
ARGS = TraefikArgs(STACK, "traefik:1", CONFIG, ["net-public", "net-socket"], http_port=8080)
WANTED = ForeignNetworkInputs(docker_host="unix:///x", name="edge", setting="ingress.existing.network")


def static(config: IngressConfig) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(traefik_config.static(config))
    return found


def dynamic(config: IngressConfig) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(traefik_config.dynamic(config))
    return found


def test_services_are_found_through_the_proxy_and_only_those_that_say_so() -> None:
    assert static(CONFIG)["providers"]["swarm"] == {
        "endpoint": "tcp://socket-proxy:2375",
        "exposedByDefault": False,
        "network": "public",
        "refreshSeconds": 2,
        "constraints": "Label(`traefik.swarm.network`, `public`) || !LabelRegex(`llmproxy.project`, `.+`)",
    }


def test_what_the_acme_server_did_not_give_is_ordered_again_by_a_configuration_that_changes() -> None:
    url = socket_proxy.another_every(1200)
    assert url == "http://socket-proxy:2375/another-every?seconds=1200"
    assert static(replace(CONFIG, certificate=replace(ACME, another_try_url=url)))["providers"]["http"] == {
        "endpoint": url,
        "pollInterval": "10s",
    }
    assert "http" not in static(CONFIG)["providers"]


def test_the_configuration_that_changes_is_one_middleware_that_nothing_uses() -> None:
    (answer,) = re.findall(r"lf-string '([^']*)' if", socket_proxy.CONFIG.read_text())
    document = json.loads(answer.replace("%[date,div(txn.seconds)]", "1483"))
    # An empty element, such as headers, Traefik refuses.
    assert document == {"http": {"middlewares": {"another-1483": {"addPrefix": {"prefix": "/"}}}}}


def test_http_leads_to_the_nodes_https_port_and_a_foreign_route_is_https_by_default() -> None:
    points = static(CONFIG)["entryPoints"]
    assert points["web"]["http"]["redirections"]["entryPoint"]["to"] == ":8443"
    assert points["websecure"]["asDefault"] is True
    assert points["websecure"]["http"]["tls"] == {}
    assert static(replace(CONFIG, certificate=ACME))["entryPoints"]["websecure"]["http"]["tls"] == {
        "certResolver": "le"
    }


def test_only_trusted_proxies_are_believed() -> None:
    assert "forwardedHeaders" not in static(CONFIG)["entryPoints"]["websecure"]
    trusted = static(replace(CONFIG, trusted_addresses=("10.0.0.0/8",)))["entryPoints"]
    assert trusted["websecure"]["forwardedHeaders"] == {"trustedIPs": ["10.0.0.0/8"]}
    assert "forwardedHeaders" not in trusted["ping"]


def test_a_private_acme_server_is_trusted_by_its_file_and_dns_resolvers_stand_alone() -> None:
    acme = replace(
        ACME, server="https://ca:1/dir", ca_certificates="PEM", dns_provider="cloudflare", resolvers=["d:53"]
    )
    found = static(replace(CONFIG, certificate=acme))["certificatesResolvers"]["le"]["acme"]
    assert found["caServer"] == "https://ca:1/dir"
    assert found["caCertificates"] == ["/etc/traefik/acme-ca.pem"]
    assert found["dnsChallenge"]["provider"] == "cloudflare"
    assert found["dnsChallenge"]["propagation"]["disableANSChecks"] is True
    assert "httpChallenge" not in found
    assert static(replace(CONFIG, certificate=ACME))["certificatesResolvers"]["le"]["acme"]["httpChallenge"] == {
        "entryPoint": "web"
    }


def test_there_is_no_dashboard_unless_asked_for_and_then_behind_its_middlewares() -> None:
    assert "api" not in static(CONFIG)
    assert "http" not in dynamic(CONFIG)
    shown = replace(CONFIG, dashboard_host="traefik.example.com", dashboard_middlewares=["basic-auth@file"])
    assert static(shown)["api"] == {"dashboard": True}
    assert dynamic(shown)["http"]["routers"]["dashboard"]["middlewares"] == ["basic-auth@file"]


def test_the_gateways_entry_point_leads_to_it_whatever_labels_say_and_one_that_is_down_is_no_missing_page() -> None:
    found = dynamic(replace(CONFIG, gateway="litellm", gateway_middlewares=["near@file"]))["http"]
    first, last = sorted(found["routers"].values(), key=lambda router: -router["priority"])
    assert (first["service"], first["middlewares"]) == ("litellm@swarm", ["near@file"])
    assert (last["priority"], last["service"] in found["services"]) == (1, True)
    assert first["entryPoints"] == last["entryPoints"] == ["gateway"]


def test_an_own_certificate_is_served_for_every_name() -> None:
    found = dynamic(replace(CONFIG, certificate="own"))["tls"]
    assert found["stores"]["default"]["defaultCertificate"] == found["certificates"][0]


def test_ports_are_those_of_the_node_and_nothing_may_more_than_listen() -> None:
    engine = drained(lambda: Traefik("traefik", replace(ARGS, gateway_port=4000)))
    ports = service(engine)["endpointSpec"]["ports"]
    assert {(port["publishedPort"], port["targetPort"], port["publishMode"]) for port in ports} == {
        (8080, 80, "host"),
        (8443, 443, "host"),
        (4000, 4000, "host"),
    }
    assert (container(engine)["capDrops"], container(engine)["capAdds"]) == (["ALL"], ["NET_BIND_SERVICE"])
    assert not container(engine).get("mounts")


def test_secrets_reach_traefik_as_files_that_only_root_reads() -> None:
    args = replace(
        ARGS,
        own_certificate=OwnCertificate("marker-certificate", "marker-key"),
        users="marker-users",
        secret_file_environment={"CF_DNS_API_TOKEN_FILE": "marker-token"},
    )
    engine = drained(lambda: Traefik("traefik", args))
    files = {file["fileName"]: file["fileMode"] for file in container(engine)["secrets"]}
    assert files == {
        "/run/secrets/tls-certificate": 0o444,
        "/run/secrets/tls-key": 0o400,
        "/run/secrets/basic-auth-users": 0o400,
        "/run/secrets/cf-dns-api-token-file": 0o400,
    }
    assert config_text(engine, "traefik-env") == "CF_DNS_API_TOKEN_FILE=/run/secrets/cf-dns-api-token-file\n"
    assert all(secret.is_secret("data") for secret in engine.of_type("docker:index/secret:Secret").values())


def test_the_socket_proxy_is_on_a_manager_and_closed_to_writing_and_to_containers() -> None:
    engine = drained(lambda: SocketProxy("socket-proxy", SocketProxyArgs(STACK, "proxy:1", ["net-socket"])))
    rules = re.findall(r"^ +(http-request .*)$", config_text(engine, "socket-proxy-config"), re.MULTILINE)
    assert (rules[0], rules[-1]) == ("http-request deny unless METH_GET", "http-request deny")
    assert service(engine)["taskSpec"]["placement"]["constraints"] == ["node.role==manager"]
    (mount,) = container(engine)["mounts"]
    assert (mount["type"], mount["readOnly"]) == ("bind", True)


@pytest.mark.parametrize(
    ("path", "is_open"),
    [
        ("/services", True),
        ("/v1.41/tasks", True),
        ("/v1.41/nodes/38bacal8cvg5", True),
        ("/networks", True),
        ("/_ping", True),
        ("/v1.41/version", True),
        ("/services/web/logs", False),
        ("/services/../containers/json", False),
        ("/services/..", False),
        ("/services%2f..%2fsecrets", False),
        ("/containers/json", False),
        ("/secrets", False),
        ("/configs", False),
        ("/info", False),
        ("/", False),
    ],
)
def test_the_socket_proxy_opens_lists_and_one_of_each(path: str, is_open: bool) -> None:
    patterns = re.findall(r"allow if \{ path -m reg (\S+) \}", socket_proxy.CONFIG.read_text())
    assert len(patterns) == 2
    assert any(re.search(pattern, path) for pattern in patterns) is is_open


def test_the_socket_proxy_that_ends_refuses_the_first_question_of_a_look_and_no_other() -> None:
    engine = drained(lambda: SocketProxy("socket-proxy", SocketProxyArgs(STACK, "proxy:1", ["net-socket"])))
    text = config_text(engine, "socket-proxy-config")
    assert container(engine)["stopSignal"] == "SIGUSR1"
    (refused,) = re.findall(r"deny_status 503 if \{ stopping \} \{ path -m reg (\S+) \}", text)
    assert [bool(re.search(refused, path)) for path in ("/v1.41/services", "/v1.41/services/x", "/tasks")] == [
        True,
        False,
        False,
    ]
    seconds = sum(int(number) for number in re.findall(r"(?:grace|hard-stop-after) (\d+)s", text))
    assert seconds < int(container(engine)["stopGracePeriod"].removesuffix("s"))


def test_the_network_of_others_is_joined_by_its_id() -> None:
    assert usable_id(WANTED, NetworkState("n1", "overlay", "swarm")) == "n1"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (None, "found no network edge in the Swarm; allowed is the overlay network of a Traefik that is there"),
        (
            NetworkState("n1", "bridge", "local"),
            "network edge is of driver bridge on one machine; allowed is an overlay",
        ),
    ],
)
def test_a_network_that_services_cannot_join_is_refused_with_its_setting(found: NetworkState | None, text: str) -> None:
    with pytest.raises(DataMismatch, match=r"^ingress\.existing\.network: ") as caught:
        usable_id(WANTED, found)
    assert text in str(caught.value)
