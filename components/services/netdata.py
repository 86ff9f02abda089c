"""Netdata on every node.

Takes image, configuration texts, volumes and secrets; gives the service. Written for the official image: its paths, its
user, its entry point. The host is mounted read-only under /host. It has no Docker socket, whose read-only mount would
still be root on the host: the names of containers come from a file that the discovery writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pulumi

from components import entrypoint
from components.healthcheck import Healthcheck
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, Mount, NetworkAttachment, Resources, Rollout, SecretFile, ServiceArgs
from components.service_files import ServiceFiles, secret_path

PORT = 19999
CONFIG_FOLDER = "/etc/netdata"
# go.d.plugin reads these files again when they change; one pattern, as its variable holds one.
WATCHED = f"{CONFIG_FOLDER}/go.d/*.conf"
ENVIRONMENT = {"DO_NOT_TRACK": "1", "NETDATA_PLUGINS_GOD_WATCH_PATH": WATCHED}
# Netdata asks it for the name of a container.
NAMING = Path(__file__).with_name("cgroup_name.sh")
NAMING_PATH = "/etc/llmproxy/cgroup-name.sh"
WEBHOOK_FILE = secret_path("netdata-webhook-url")
SMTP_PASSWORD_FILE = secret_path("netdata-smtp-password")
# Whom the certificates of the public names are checked with, where no system trusts their authority.
AUTHORITY_FILE = secret_path("tls-authority")
# What the dsn of our own database names as `passfile`.
PASSFILE = secret_path("netdata-pgpass")
# The official image's user netdata.
USER = "201"
# libpq passes over a password file that others can read.
OWN = 0o400
HOST_MOUNTS = {path: f"/host{path}" for path in ("/proc", "/sys", "/etc/passwd", "/etc/group", "/var/log")}
LOCALTIME = "/etc/localtime"
# It ends within a second, or hangs (netdata/netdata#15901, #16495; newer ones abort themselves after a minute, #17060).
# Less than a minute with the rest of the grace: then Swarm starts the next one beside it.
KILL_SECONDS = 40


@dataclass(frozen=True)
class NetdataArgs:
    """What Netdata is.

    Attributes:
        stack: The Swarm stack it belongs to.
        configs: Texts by path: Netdata's own files, none of which holds a secret.
        secrets: Values by name, for `PASSFILE` and what sends alarms; in the container `/run/secrets/<name>`.
        network_ids: The networks of what it looks at, and of the ingress.
        volumes: Names of the volumes for configuration, library and cache.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    configs: Mapping[str, str]
    secrets: Mapping[str, pulumi.Input[str]]
    network_ids: Sequence[pulumi.Input[str]]
    volumes: Mapping[str, pulumi.Input[str]]
    name: str = "netdata"
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()


class Netdata(pulumi.ComponentResource):
    """Netdata; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: NetdataArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Netdata", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        configs = [
            files.entrypoint(),
            files.environment(ENVIRONMENT, kill_seconds=KILL_SECONDS),
            files.config("cgroup-name", NAMING.read_text(encoding="utf-8"), NAMING_PATH, mode=0o555),
            *(files.config(_short(path), text, path) for path, text in sorted(args.configs.items())),
        ]
        service = Service(
            name,
            ServiceArgs(
                stack=args.stack,
                name=args.name,
                image=args.image,
                command=entrypoint.COMMAND,
                args=["/usr/sbin/run.sh"],
                networks=[NetworkAttachment(network_id) for network_id in args.network_ids],
                secrets=[_secret(files, name, value) for name, value in sorted(args.secrets.items())],
                configs=configs,
                mounts=_mounts(args),
                healthcheck=_healthcheck(),
                replicas=None,
                placement_constraints=args.placement_constraints,
                resources=args.resources,
                # Two on one database of metrics destroy it.
                rollout=Rollout(order="stop-first"),
                stop_grace_seconds=KILL_SECONDS + 10,
                labels=args.labels,
                hostname="{{.Node.Hostname}}",
                cap_add=["SYS_PTRACE", "SYS_ADMIN"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})


def _secret(files: ServiceFiles, name: str, value: pulumi.Input[str]) -> SecretFile:
    # The files of Netdata's alarms and plugins are read by its user.
    return files.secret(name.removeprefix("netdata-"), value, secret_path(name), mode=OWN, uid=USER)


def _mounts(args: NetdataArgs) -> list[Mount]:
    folders = {"config": CONFIG_FOLDER, "lib": "/var/lib/netdata", "cache": "/var/cache/netdata"}
    return [
        *(Mount(folder, args.volumes[what]) for what, folder in folders.items()),
        *(Mount(inside, outside, kind="bind", read_only=True) for outside, inside in HOST_MOUNTS.items()),
        Mount(LOCALTIME, LOCALTIME, kind="bind", read_only=True),
    ]


def _healthcheck() -> Healthcheck:
    return Healthcheck(
        test=("CMD-SHELL", f"curl -sSf -o /dev/null http://127.0.0.1:{PORT}/api/v1/info"),
        interval_seconds=5,
        timeout_seconds=10,
        retries=6,
        start_period_seconds=60,
    )


def _short(path: str) -> str:
    return path.rpartition("/")[2].replace(".", "-").replace("_", "-")
