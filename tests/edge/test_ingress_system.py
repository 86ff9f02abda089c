"""Traefik and the socket proxy as the program makes them, on the real engine, with an own certificate."""

from __future__ import annotations

import base64
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from airgap.images import content
from tests.edge.asking import Client, wait_until
from tests.edge.conftest import Edge

pytestmark = pytest.mark.system

PASSWORD = "pass word: ü$"
OPEN, BY_PASSWORD = "antigravity-manager.llm.edge.test", "netdata.edge.test"


@pytest.fixture(scope="module")
def edge(make_edge: Callable[[], Edge]) -> Edge:
    made = make_edge()
    # Through it comes what this machine asks of 127.0.0.1; which addresses it has depends on the networks there were.
    (bridge,) = made.client.networks.get("docker_gwbridge").attrs["IPAM"]["Config"]
    own = made.authority.issue(f"*.{made.domain}", f"*.llm.{made.domain}")
    ingress = {
        "domain": made.domain,
        "certificate": "own",
        "allowList": [made.address, bridge["Subnet"], "127.0.0.1"],
        "rateLimit": {"average": 20, "burst": 60},
    }
    secrets = {"tls-certificate": own.certificate, "tls-key": own.key, "basic-auth-password": PASSWORD}
    made.deploy({"ingress": ingress, "netdata": {"enabled": True}}, secrets)
    client = Client(made.address, made.https, made.ca)
    wait_until(lambda: client.ask(OPEN).status == 200, seconds=30, what="the echo is routed")
    return made


@pytest.fixture(scope="module")
def https(edge: Edge) -> Client:
    return Client(edge.address, edge.https, edge.ca)


@pytest.fixture(scope="module")
def http(edge: Edge) -> Client:
    return Client(edge.address, edge.http)


def test_a_host_name_answers_over_https_with_our_certificate_and_the_clients_own_address(
    https: Client, edge: Edge
) -> None:
    told = https.ask(OPEN, "/v1/messages?a=1").told
    assert told["path"] == "/v1/messages?a=1"
    assert told["headers"]["x-forwarded-for"] == edge.address
    assert told["headers"]["x-forwarded-proto"] == "https"


def test_what_a_client_claims_of_its_address_is_not_believed(https: Client, edge: Edge) -> None:
    told = https.ask(OPEN, headers={"X-Forwarded-For": "203.0.113.9", "X-Real-Ip": "203.0.113.9"}).told
    assert "203.0.113.9" not in str(told)


def test_http_leads_to_https_at_its_port(http: Client, edge: Edge) -> None:
    answer = http.ask(OPEN, "/ui?x=1")
    assert (answer.status, answer.headers["location"]) == (301, f"https://{OPEN}:{edge.https}/ui?x=1")


def test_every_answer_carries_the_security_headers(https: Client) -> None:
    headers = https.ask(OPEN).headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_an_address_that_is_not_on_the_allow_list_gets_403(https: Client, edge: Edge) -> None:
    # The other address of this machine, from which the rule above is seen from its other side.
    subprocess.run(["ip", "address", "add", "198.51.100.7/32", "dev", "lo"], check=True)
    try:
        assert replace(https, source="198.51.100.7").ask(OPEN).status == 403
        assert https.ask(OPEN).status == 200
        assert Client(edge.address, edge.gateway, source="198.51.100.7").ask("anything").status == 403
        assert Client("127.0.0.1", edge.gateway).ask("anything").status == 200
    finally:
        subprocess.run(["ip", "address", "del", "198.51.100.7/32", "dev", "lo"], check=True)


def test_basic_auth_lets_the_right_password_in_and_keeps_it_from_the_service(https: Client) -> None:
    assert https.ask(BY_PASSWORD).status == 401
    assert https.ask(BY_PASSWORD, headers=credentials("admin", "wrong")).status == 401
    answer = https.ask(BY_PASSWORD, headers=credentials("admin", PASSWORD))
    assert answer.status == 200
    assert "authorization" not in answer.told["headers"]


def test_a_service_without_basic_auth_gets_the_header_that_clients_send(https: Client) -> None:
    told = https.ask(OPEN, headers={"Authorization": "Bearer sk-1"}).told
    assert told["headers"]["authorization"] == "Bearer sk-1"


def test_the_gateways_host_port_is_plain_http_without_a_name(edge: Edge) -> None:
    answer = Client("127.0.0.1", edge.gateway).ask("localhost", "/health/readiness")
    assert (answer.status, answer.told["path"]) == (200, "/health/readiness")
    assert "strict-transport-security" not in answer.headers


def test_a_body_of_100_mib_passes(https: Client) -> None:
    size = 100 * 1024 * 1024
    assert https.ask(OPEN, body=bytes(size)).told["bytes"] == size


def test_an_answer_that_begins_before_the_whole_request_was_passed_on_is_not_cut(https: Client, edge: Edge) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(4):
            yield b"x" * 1000
            time.sleep(0.1)

    for client, host in ((https, OPEN), (Client("127.0.0.1", edge.gateway), "localhost")):
        answer = client.ask(host, "/early", body=slowly(), headers={"Content-Length": "4000"})
        assert answer.body == b"early, 4000 bytes"


def test_a_connection_that_changes_its_protocol_passes(https: Client) -> None:
    with https.taken_over(OPEN, "/upgrade") as connection:
        for said in (b"there", b"and there"):
            connection.sendall(said)
            assert connection.recv(100) == said


def test_too_many_requests_of_one_address_get_429_and_the_host_port_none(https: Client, edge: Edge) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        client = replace(https, address="127.0.0.1")
        statuses = {answer.status for answer in pool.map(lambda _: client.ask(OPEN), range(160))}
        plain = Client("127.0.0.1", edge.gateway)
        free = {answer.status for answer in pool.map(lambda _: plain.ask("localhost"), range(160))}
    assert statuses == {200, 429}
    assert free == {200}


def test_the_socket_proxy_reads_services_and_writes_nothing(edge: Edge) -> None:
    statuses = {
        request: asked_inside(edge, *request)
        for request in [
            ("GET", "/services"),
            ("GET", "/v1.41/tasks"),
            ("GET", "/networks"),
            ("GET", "/_ping"),
            ("GET", "/containers/json"),
            ("GET", "/secrets"),
            ("GET", "/configs"),
            ("POST", "/services/create"),
            ("DELETE", "/services/x"),
            ("PUT", "/services/x"),
        ]
    }
    assert {request for request, status in statuses.items() if status == 200} == {
        ("GET", "/services"),
        ("GET", "/v1.41/tasks"),
        ("GET", "/networks"),
        ("GET", "/_ping"),
    }
    assert {status for status in statuses.values() if status != 200} == {403}


def test_a_foreign_stack_on_the_public_network_is_routed_by_its_labels(
    edge: Edge, https: Client, tmp_path: Path
) -> None:
    compose = tmp_path / "compose.yaml"
    compose.write_text(foreign(edge))
    name = f"{edge.prefix}foreign"
    subprocess.run(["docker", "stack", "deploy", "-c", compose, name], check=True, capture_output=True)
    try:
        wait_until(lambda: https.ask("foreign.edge.test").status == 200, seconds=30, what="the foreign stack answers")
    finally:
        subprocess.run(["docker", "stack", "rm", name], check=True, capture_output=True)


def test_a_second_up_changes_nothing(edge: Edge) -> None:
    edge.stack.pulumi("preview", "--refresh", "--expect-no-changes")


def test_the_password_hash_is_in_a_secret_and_nowhere_else(edge: Edge) -> None:
    services = [service.attrs["Spec"] for service in edge.client.services.list(filters={"name": edge.prefix})]
    configs = [
        base64.b64decode(config.attrs["Spec"]["Data"]).decode()
        for config in edge.client.configs.list(filters={"name": ["traefik", "socket-proxy", "echo"]})
    ]
    assert services
    assert configs
    for text in [str(services), *configs]:
        assert "$2b$" not in text
        assert PASSWORD not in text


def credentials(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def asked_inside(edge: Edge, method: str, path: str) -> int:
    """Asks the socket proxy as Traefik does, from its own container, which has Python here."""
    (container,) = edge.client.containers.list(filters={"name": f"{edge.prefix}portainer_socket-proxy"})
    script = (
        "import http.client as c; s = c.HTTPConnection('127.0.0.1', 2375, timeout=9); "
        f"s.request('{method}', '{path}'); print(s.getresponse().status)"
    )
    output = container.exec_run(["python3", "-c", script]).output
    assert isinstance(output, bytes)
    return int(output)


def foreign(edge: Edge) -> str:
    """A compose file as others write it: labels, and the public network by its name."""
    return textwrap.dedent(f"""\
        version: "3.8"
        networks:
          public: {{external: true, name: {edge.prefix}public}}
        services:
          web:
            image: {content.base_tag()}
            command: ["python3", "-m", "http.server", "--directory", "/usr/share", "7000"]
            networks: [public]
            deploy:
              endpoint_mode: dnsrr
              labels:
                - traefik.enable=true
                - traefik.http.routers.{edge.prefix}web.rule=Host(`foreign.edge.test`)
                - traefik.http.services.{edge.prefix}web.loadbalancer.server.port=7000
        """)
