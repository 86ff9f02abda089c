"""A one-shot job: a resource that exists when its command has ended with success.

Takes `JobArgs`; runs at create, and again at each change of its inputs. pulumi_docker lacks it: it knows no service
mode that runs once. The work is done in the Swarm and only watched from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pydantic import JsonValue

from components.docker_engine import connect
from components.job_args import JobArgs
from components.job_run import run
from components.job_spec import NOT_IN_DIGEST, JobInputs
from components.provider_border import StackConfig, parse, secret_list, told_plainly, without_provider
from components.service_args import ConfigFile, SecretFile

COMPARED = tuple(sorted(set(JobInputs.model_fields) - NOT_IN_DIGEST))


class JobProvider(ResourceProvider):
    """Runs at create and update; a job that has run leaves nothing to read or delete."""

    serialize_as_secret_always = False
    config = StackConfig({})

    def configure(self, req: ConfigureRequest) -> None:
        self.config = StackConfig.of(req)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=any(_olds.get(key) != _news.get(key) for key in COMPARED))

    def create(self, props: dict[str, Any]) -> CreateResult:
        self._run(props)
        return CreateResult(str(props["service_name"]), without_provider(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        self._run(_news)
        return UpdateResult(without_provider(_news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, without_provider(props))

    def _run(self, props: Mapping[str, JsonValue]) -> None:
        inputs = parse(JobInputs, props)
        secrets = [*inputs.secret_values, *self.config.secrets()]
        with told_plainly(), connect(inputs.docker_host) as api:
            run(api, inputs, secrets=secrets)


class Job(Resource, module="swarm", name="Job"):
    """A one-shot job; see the module."""

    service_name: pulumi.Output[str]

    def __init__(self, name: str, args: JobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            "docker_host": args.docker_host,
            "service_name": args.stack.member(args.name),
            "labels": args.stack.labels,
            "image": args.image,
            "command": list(args.command),
            "args": list(args.args),
            "networks": [{"network_id": one.network_id, "aliases": list(one.aliases)} for one in args.networks],
            "secrets": [_file(one.secret.secret_id, one.secret.name, one) for one in args.secrets],
            "configs": [_file(one.config.config_id, one.config.name, one) for one in args.configs],
            "placement_constraints": list(args.placement_constraints),
            "timeout_seconds": args.timeout_seconds,
            "triggers": dict(args.triggers),
            "secret_values": secret_list(args.secret_values),
            "user": args.user or "",
        }
        super().__init__(JobProvider(), name, props, opts)


def _file(object_id: pulumi.Output[str], name: pulumi.Output[str], file: SecretFile | ConfigFile) -> dict[str, Any]:
    return {
        "object_id": object_id,
        "object_name": name,
        "path": file.path,
        "mode": file.mode,
        "uid": file.uid,
        "gid": file.gid,
    }
