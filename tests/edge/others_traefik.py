"""A Traefik as others run it: a Swarm stack of its own with a network, an entry point and a middleware of its own.

Takes the installation beside which it runs; all its names begin with that one's prefix, so they are removed with it.
"""

from __future__ import annotations

import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

import yaml

from airgap.images import content, table
from tests.edge.conftest import Edge

ENTRY_POINT, PORT = "front", 8443
MIDDLEWARE, HEADER = "mark", "x-marked-by"
SOCKET = "/var/run/docker.sock"


@dataclass(frozen=True)
class OthersTraefik:
    """Where it answers.

    Attributes:
        network: Name of its network.
        network_id: Of the same.
        port: Of the node, for HTTPS: the one that the installation's own Traefik would have.
    """

    network: str
    network_id: str
    port: int

    @property
    def existing(self) -> dict[str, object]:
        """The setting `ingress.existing` that names it."""
        return {
            "network": self.network,
            "entryPoint": ENTRY_POINT,
            # Its certificate is a file.
            "certResolver": None,
            "middlewares": [f"{MIDDLEWARE}@file"],
        }


def deploy(edge: Edge, folder: Path) -> OthersTraefik:
    """Starts it; it has a certificate of the installation's authority."""
    name = f"{edge.prefix}theirs"
    network = edge.client.networks.create(name, driver="overlay", attachable=True)
    theirs = OthersTraefik(name, str(network.id), edge.https)
    (folder / "dynamic.yml").write_text(_dynamic(edge))
    compose = folder / "compose.yaml"
    compose.write_text(_compose(theirs))
    words = ["docker", "stack", "deploy", "--resolve-image", "never", "-c", str(compose), name]
    subprocess.run(words, check=True, capture_output=True)
    return theirs


def _dynamic(edge: Edge) -> str:
    own = edge.authority.issue(f"*.{edge.domain}", f"*.llm.{edge.domain}")
    # Traefik takes the text itself where it takes a path.
    certificates = [{"certFile": own.certificate, "keyFile": own.key}]
    middlewares = {MIDDLEWARE: {"headers": {"customResponseHeaders": {HEADER: "others"}}}}
    return yaml.safe_dump({"tls": {"certificates": certificates}, "http": {"middlewares": middlewares}})


def _compose(theirs: OthersTraefik) -> str:
    # The constraint is for the tests' sake: another installation on this Swarm may have the same host names.
    return textwrap.dedent(f"""\
        version: "3.8"
        networks:
          theirs: {{external: true, name: {theirs.network}}}
        secrets:
          dynamic: {{file: ./dynamic.yml}}
        services:
          traefik:
            image: {content.image_tag(table.load().find("traefik"))}
            command:
              - --global.checkNewVersion=false
              - --entryPoints.{ENTRY_POINT}.address=:{PORT}
              - --providers.swarm.endpoint=unix://{SOCKET}
              - --providers.swarm.exposedByDefault=false
              - --providers.swarm.refreshSeconds=1
              - --providers.swarm.constraints=Label(`traefik.swarm.network`, `{theirs.network}`)
              - --providers.file.filename=/run/secrets/dynamic.yml
              - --providers.file.watch=false
            networks: [theirs]
            ports:
              - {{mode: host, published: {theirs.port}, target: {PORT}}}
            secrets:
              - {{source: dynamic, target: dynamic.yml}}
            volumes:
              - {SOCKET}:{SOCKET}:ro
            deploy:
              endpoint_mode: dnsrr
        """)
