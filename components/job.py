"""A one-shot job: a resource that exists when its command has ended with success.

Takes `JobArgs`; runs at create, and again at each change of its inputs. pulumi_docker lacks it: it knows no service
mode that runs once. The work is done in the Swarm and only watched from here.
"""

from __future__ import annotations

import pulumi
from pulumi.dynamic import Resource

from components import job_props
from components.engine_connection import connect
from components.job_args import JobArgs
from components.job_run import run
from components.job_spec import NOT_IN_DIGEST, JobInputs
from components.provider_border import parse, secret_list
from components.swarm_provider import Props, SwarmProvider


class JobProvider(SwarmProvider):
    """Runs at create and update; a job that has run leaves nothing to read or delete."""

    compared = tuple(sorted(set(JobInputs.model_fields) - NOT_IN_DIGEST))

    def identity(self, wanted: Props) -> str:
        return str(wanted["service_name"])

    def converge(self, wanted: Props, _last: Props) -> Props:
        inputs = parse(JobInputs, wanted)
        with connect(inputs.docker_host) as api:
            run(api, inputs, secrets=[*inputs.secret_values, *self.config.secrets()])
        return {}


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
            "networks": job_props.networks(args.networks),
            "secrets": job_props.secrets(args.secrets),
            "configs": job_props.configs(args.configs),
            "placement_constraints": list(args.placement_constraints),
            "timeout_seconds": args.timeout_seconds,
            "triggers": dict(args.triggers),
            "secret_values": secret_list(args.secret_values),
            "user": args.user or "",
        }
        super().__init__(JobProvider(), name, props, opts)
