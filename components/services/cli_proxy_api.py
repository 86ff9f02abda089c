"""CLIProxyAPI, a proxy in front of the accounts of coding assistants.

Takes image, declared config text, two keys and two volumes; gives the service. The service writes into its own config
file, so the file lies in a volume, and a script brings it up to what is declared at each start (`cli_proxy_file.sh`).
What tells the script that something changed are the names of the Swarm objects: each new content has a new one, and a
name tells nothing of a secret (ADR 15).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components import entrypoint
from components.healthcheck import Healthcheck, wget_http_test
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import NO_LIMITS, Mount, NetworkAttachment, Resources, Rollout, ServiceArgs
from components.service_files import ServiceFiles
from components.services import cli_proxy_file

PORT = cli_proxy_file.PORT


@dataclass(frozen=True)
class CliProxyApiArgs:
    """What the proxy is.

    Attributes:
        declared: Text of its config, with the placeholders of `cli_proxy_file.py` for the two keys.
        api_key: The key of its clients.
        management_key: Of its management API, at most 72 bytes and no bcrypt hash.
        config_volume: The volume of its config file.
        auth_volume: The volume of its accounts.
        internal_network_id: The network on which it answers to its short name. On no other: where foreign stacks join,
            theirs may have the same name, and Docker gives both.
        network_ids: Further networks. One must reach the providers.
        drain_seconds: How long a task that is replaced serves on, so that answers which are being streamed end.
        labels: Further service labels, such as those of its route.
    """

    stack: SwarmStack
    image: pulumi.Input[str]
    declared: str
    api_key: pulumi.Input[str]
    management_key: pulumi.Input[str]
    config_volume: pulumi.Input[str]
    auth_volume: pulumi.Input[str]
    internal_network_id: pulumi.Input[str]
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "cli-proxy-api"
    drain_seconds: int = 30
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class CliProxyApi(pulumi.ComponentResource):
    """CLIProxyAPI; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService

    def __init__(self, name: str, args: CliProxyApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:CliProxyApi", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        service = Service(name, _service(args, files), pulumi.ResourceOptions(parent=self))
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})


def _service(args: CliProxyApiArgs, files: ServiceFiles) -> ServiceArgs:
    declared = files.config("config", args.declared, cli_proxy_file.DECLARED_PATH)
    script = files.config("file", cli_proxy_file.script(), cli_proxy_file.SCRIPT_PATH)
    api_key = files.secret("api-key", args.api_key)
    management_key = files.secret("management-key", args.management_key)
    key_revision = management_key.secret.name
    revision = pulumi.Output.concat(declared.config.name, "+", api_key.secret.name, "+", key_revision)
    return ServiceArgs(
        stack=args.stack,
        name=args.name,
        image=args.image,
        command=entrypoint.COMMAND,
        args=[
            *("/bin/sh", cli_proxy_file.SCRIPT_PATH, revision, key_revision),
            *("./CLIProxyAPI", "--config", cli_proxy_file.CONFIG_PATH),
        ],
        networks=[
            NetworkAttachment(args.internal_network_id, [args.name]),
            *(NetworkAttachment(network_id) for network_id in args.network_ids),
        ],
        secrets=[api_key, management_key],
        configs=[files.entrypoint(), files.environment({}, drain_seconds=args.drain_seconds), declared, script],
        mounts=[
            Mount(cli_proxy_file.CONFIG_FOLDER, args.config_volume),
            Mount(cli_proxy_file.AUTH_FOLDER, args.auth_volume),
        ],
        healthcheck=Healthcheck(test=wget_http_test(port=PORT, path="/", timeout_seconds=5), start_period_seconds=10),
        placement_constraints=args.placement_constraints,
        resources=args.resources,
        stop_grace_seconds=args.drain_seconds + 30,
        # Two with different keys under one name would refuse each other's requests (ADR 12).
        rollout=Rollout(over_when_alone=True),
        labels=args.labels,
    )
