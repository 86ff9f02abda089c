"""Certificates from a real ACME server (Pebble): issued and renewed by HTTP-01, issued by DNS-01, and not to be had.

The DNS provider is a stand-in of Cloudflare's API; everything else is what the program makes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from airgap.images.build import DEFAULT_DOCKER_HOST, build
from operations.https_door import Address
from operations.status import doors
from stacks import go_jobs
from stacks.settings import parse
from tests.edge import acme_server
from tests.edge.acme_server import Ports
from tests.edge.asking import Client, wait_until
from tests.edge.cloudflare import Cloudflare
from tests.edge.conftest import CACHE, Edge, free_ports

pytestmark = [
    pytest.mark.system,
    # Pebble's management address is only asked on this machine, with a certificate that is made at its start.
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]

HOST = "antigravity-manager.llm.edge.test"
DOCKER_HOST = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
LOOK = """
import sys
sys.path.insert(0, "/usr/lib/netdata")
from contract_collector import job_files, websites
(_, values), *_ = websites.collect(job_files.Job("httpcheck", sys.argv[1]))
print(*(state for state, is_so in values.items() if is_so))
"""


@pytest.fixture
def edge(make_edge: Callable[[], Edge]) -> Edge:
    return make_edge()


@pytest.fixture
def ports(edge: Edge) -> Ports:
    acme, management, dns, records = free_ports(4)
    return Ports(acme, management, dns, records, http_challenge=edge.http)


@pytest.fixture
def directory(edge: Edge, ports: Ports, tmp_path: Path) -> Iterator[str]:
    with acme_server.running(CACHE, tmp_path, address=edge.address, ports=ports, authority=edge.authority) as found:
        yield found


def trusting_pebble(edge: Edge, ports: Ports, folder: Path) -> Client:
    """A client that trusts only what this Pebble issued."""
    root = folder / "root.pem"
    found = requests.get(f"https://127.0.0.1:{ports.management}/roots/0", verify=False, timeout=5)  # noqa: S501
    root.write_text(found.text)
    return Client(edge.address, edge.https, root)


def ingress(edge: Edge, directory: str, **acme: object) -> dict[str, object]:
    account = {
        "email": "admin@edge.test",
        "server": directory,
        "caCertificates": edge.authority.certificate,
        "certificateHours": 1,
    }
    return {"domain": edge.domain, "certificate": "acme", "acme": {**account, **acme}}


def test_http_01_issues_a_certificate_and_renews_it_before_it_ends(
    edge: Edge, ports: Ports, directory: str, tmp_path: Path
) -> None:
    edge.deploy({"ingress": ingress(edge, directory)}, {})
    client = trusting_pebble(edge, ports, tmp_path)
    wait_until(lambda: client.ask(HOST).status == 200, seconds=40, what="Pebble's certificate is served")
    first = client.served_certificate(HOST)
    assert ("DNS", HOST) in first["subjectAltName"]
    wait_until(
        lambda: client.served_certificate(HOST)["serialNumber"] != first["serialNumber"],
        seconds=100,
        what="the certificate is renewed",
    )
    # A new Traefik goes on with the account and the certificates that the volume keeps.
    edge.deploy({"ingress": {**ingress(edge, directory), "securityHeaders": False}}, {})
    wait_until(lambda: client.ask(HOST).status == 200, seconds=30, what="the new Traefik routes")
    assert "x-frame-options" not in client.ask(HOST).headers
    assert "There are now 2 accounts" not in (tmp_path / "acme.log").read_text()


def test_a_certificate_that_is_not_to_be_had_is_told_and_comes_by_itself_once_the_cause_is_mended(
    edge: Edge, ports: Ports, directory: str, tmp_path: Path
) -> None:
    client = trusting_pebble(edge, ports, tmp_path)
    assert client.ca
    acme_server.resolve_names_to(ports, "")
    edge.deploy({"ingress": ingress(edge, directory, anotherTryMinutes=1)}, {})
    address = Address(HOST, edge.address, edge.https, authority=client.ca)
    wait_until(lambda: refused(edge), seconds=40, what="Traefik was refused a certificate")
    door = doors.ask(address)
    assert door.distrust is not None
    assert "Traefik has none for this name" in door.distrust
    assert "docker service logs" in door.distrust
    assert seen_by_monitoring(edge, client.ca) == "no_connection"
    acme_server.resolve_names_to(ports, edge.address)
    wait_until(lambda: doors.ask(address).distrust is None, seconds=90, what="it is ordered again")
    assert client.ask(HOST).status == 200
    # Any answer tells the alarm that the handshake was well; the echo knows no HEAD.
    assert seen_by_monitoring(edge, client.ca) == "bad_status"


def refused(edge: Edge) -> bool:
    (traefik,) = edge.client.services.list(filters={"name": f"{edge.prefix}portainer_traefik"})
    log = b"".join(traefik.logs(stdout=True, stderr=True))
    return b"Unable to obtain ACME certificate" in log


def seen_by_monitoring(edge: Edge, authority: Path) -> str:
    """What the collector draws for the alarm, from where Netdata looks: the network of the ingress."""
    settings = parse(
        {
            "ingress": {"domain": edge.domain, "certificate": "own"},
            "traefik": {"enabled": True},
            "antigravityManager": {"enabled": True},
        },
        place="test",
    )
    others = dict.fromkeys(("database", "gateway", "metrics", "keeper"), "x:1")
    jobs = go_jobs.fixed(settings, **others, authority_file="/authority.pem")["httpcheck"]
    (job,) = [job for job in jobs if job["url"] == f"https://{HOST}"]
    images = CACHE / "images"
    tags = build(["netdata"], docker_host=DOCKER_HOST, lock_dir=images, log_dir=images / "logs", progress=print)
    found = edge.client.containers.run(
        tags["netdata"],
        [LOOK, json.dumps(dict(job))],
        entrypoint=["python3", "-c"],
        network=f"{edge.prefix}public",
        volumes={str(authority): {"bind": "/authority.pem", "mode": "ro"}},
        remove=True,
    )
    assert isinstance(found, bytes)
    return found.decode().strip()


def test_dns_01_issues_a_certificate_with_the_token_from_a_secret_file(
    edge: Edge, ports: Ports, directory: str, tmp_path: Path
) -> None:
    records = f"http://127.0.0.1:{ports.records}"
    cloudflare = Cloudflare(edge.address, "edge.test", "token-marker", records, ("127.0.0.1", ports.dns))
    try:
        edge.deploy(
            {
                "ingress": ingress(
                    edge, directory, challenge="dns-cloudflare", resolvers=[f"{edge.address}:{cloudflare.dns_port}"]
                ),
                "traefik": {
                    "enabled": True,
                    "httpPort": edge.http,
                    "httpsPort": edge.https,
                    "environment": {"CLOUDFLARE_BASE_URL": f"http://{edge.address}:{cloudflare.api_port}"},
                },
            },
            {"cloudflare-dns-api-token": "token-marker"},
        )
        client = trusting_pebble(edge, ports, tmp_path)
        wait_until(lambda: client.ask(HOST).status == 200, seconds=60, what="Pebble's certificate is served")
        assert ("DNS", HOST) in client.served_certificate(HOST)["subjectAltName"]
        assert f"_acme-challenge.{HOST}" in cloudflare.seen
        assert cloudflare.refused == 0
        services = edge.client.services.list(filters={"name": edge.prefix})
        assert "token-marker" not in str([service.attrs for service in services])
    finally:
        cloudflare.close()
