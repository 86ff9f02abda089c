"""A real ACME server of this machine: Let's Encrypt's Pebble, with its companion that plays the DNS.

Takes ports and names, gives the directory's address. Both are built from their Go modules once and kept in the cache;
the key is the lock, so a new version is built anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from airgap.toolchain import go
from tests.edge.asking import wait_until
from tests.edge.certificates import Authority

MODULE = Path(__file__).with_name("pebble")
PACKAGE = "github.com/letsencrypt/pebble/v2/cmd/"
PROGRAMS = ("pebble", "pebble-challtestsrv")
# Traefik renews what has less than 20 minutes left and looks once a minute, where certificates live under a day.
VALID_SECONDS = 19 * 60


@dataclass(frozen=True)
class Ports:
    """Where the two listen, and where Pebble looks for the answer to an HTTP challenge."""

    acme: int
    management: int
    dns: int
    records: int
    http_challenge: int


def built(cache: Path) -> Path:
    """The folder with both programs."""
    key = hashlib.sha256(b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))).hexdigest()[:16]
    folder = cache / "pebble" / key
    if not all((folder / name).exists() for name in PROGRAMS):
        folder.mkdir(parents=True, exist_ok=True)
        command = go.on_path(os.environ["PATH"])
        assert command is not None, "go: found none that is new enough on PATH; install Go 1.25 or newer"
        environment = {
            **os.environ,
            "CGO_ENABLED": "0",
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-mod=readonly -buildvcs=false",
        }
        packages = [PACKAGE + name for name in PROGRAMS]
        subprocess.run([command, "build", "-o", f"{folder}/", *packages], cwd=MODULE, env=environment, check=True)
    return folder


@contextmanager
def running(cache: Path, folder: Path, *, address: str, ports: Ports, authority: Authority) -> Iterator[str]:
    """Runs both for a while; gives the directory's address. All names lead to this machine."""
    programs = built(cache)
    own = authority.issue(address)
    (folder / "server.pem").write_text(own.certificate)
    (folder / "server.key").write_text(own.key)
    (folder / "pebble.json").write_text(json.dumps(_configuration(folder, ports)))
    dns = [f"-dnsserver=:{ports.dns}", f"-management=127.0.0.1:{ports.records}", f"-defaultIPv4={address}"]
    quiet = ["-defaultIPv6=", "-http01=", "-https01=", "-doh=", "-tlsalpn01="]
    pebble = [f"-config={folder / 'pebble.json'}", f"-dnsserver=127.0.0.1:{ports.dns}"]
    environment = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
    with (folder / "acme.log").open("w") as log:
        commands: list[list[str | Path]] = [
            [programs / "pebble-challtestsrv", *dns, *quiet],
            [programs / "pebble", *pebble],
        ]
        processes = [subprocess.Popen(command, env=environment, stdout=log, stderr=log) for command in commands]
        try:
            directory = f"https://{address}:{ports.acme}/dir"
            wait_until(
                lambda: requests.get(directory, verify=False, timeout=5).ok,  # noqa: S501  only whether it is there
                seconds=20,
                what="Pebble answers",
            )
            yield directory
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def resolve_names_to(ports: Ports, address: str) -> None:
    """Says what address every name has; with an empty one no name has any."""
    url = f"http://127.0.0.1:{ports.records}/set-default-ipv4"
    requests.post(url, json={"ip": address}, timeout=5).raise_for_status()


def _configuration(folder: Path, ports: Ports) -> dict[str, object]:
    return {
        "pebble": {
            "listenAddress": f"0.0.0.0:{ports.acme}",
            "managementListenAddress": f"127.0.0.1:{ports.management}",
            "certificate": str(folder / "server.pem"),
            "privateKey": str(folder / "server.key"),
            "httpPort": ports.http_challenge,
            "tlsPort": 1,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            "retryAfter": {"authz": 1, "order": 1},
            "keyAlgorithm": "ecdsa",
            "profiles": {"default": {"description": "short", "validityPeriod": VALID_SECONDS}},
        }
    }
