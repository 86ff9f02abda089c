"""A scheduled job: a Swarm service without a task, which swarm-cronjob starts and the job-keeper sets back.

Takes `ScheduledJobArgs`. pulumi_docker's Service does not do: what swarm-cronjob leaves in the service would be a
difference in every preview, and ignoring it would start the job at the next change of its image (ADR 11). Here a
refresh looks only at what was asked for, and a change waits for the end of a run.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import DiffResult, ReadResult, Resource
from pydantic import Field

from components import job_props
from components.engine_connection import connect
from components.provider_border import ProviderInputs, parse, told_plainly, without_provider
from components.schedule import late_after
from components.scheduled_job_args import ScheduledJobArgs
from components.scheduled_job_spec import ScheduledJobInputs, differences, in_words, is_ours, service_body
from components.scheduled_job_write import write
from components.swarm_provider import Props, SwarmProvider

NOT_COMPARED = {"docker_host", "wait_seconds"}


class Outputs(ProviderInputs):
    """What the state knows besides the inputs.

    Attributes:
        engine_defaults: What the engine filled in where nothing was asked for, by place.
    """

    engine_defaults: dict[str, str] = Field({})


class ScheduledJobProvider(SwarmProvider):
    """Writes at create and update, compares at read, removes the service at delete."""

    compared = tuple(sorted(set(ScheduledJobInputs.model_fields) - NOT_COMPARED))

    def identity(self, wanted: Props) -> str:
        return str(wanted["service_name"])

    def converge(self, wanted: Props, last: Props) -> Props:
        inputs, known = parse(ScheduledJobInputs, wanted), parse(Outputs, last)
        with connect(inputs.docker_host) as api:
            return {"engine_defaults": dict[str, Any](write(api, inputs, defaults=known.engine_defaults))}

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        renamed = _olds.get("service_name") != _news.get("service_name")
        result = super().diff(_id, _olds, _news)
        return DiffResult(changes=result.changes, replaces=["service_name"] if renamed else [])

    def look(self, id_: str, last: Props) -> ReadResult | None:
        inputs, known = parse(ScheduledJobInputs, last), parse(Outputs, last)
        with connect(inputs.docker_host) as api:
            live = api.spec(inputs.service_name)
        if live is None or not is_ours(live, inputs):
            return ReadResult("", {})
        found = in_words(differences(service_body(inputs), live.spec), known.engine_defaults)
        as_found: Props = {**last, "changed_by_hand": dict[str, Any](found)}
        return ReadResult(id_, as_found, {key: as_found[key] for key in ScheduledJobInputs.model_fields})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        with told_plainly():
            _remove(parse(ScheduledJobInputs, without_provider(_props)))


class ScheduledJob(Resource, module="swarm", name="ScheduledJob"):
    """A scheduled job; see the module."""

    service_name: pulumi.Output[str]

    def __init__(self, name: str, args: ScheduledJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        late = args.late_after_seconds
        props = {
            "docker_host": args.docker_host,
            "service_name": args.stack.member(args.name),
            "labels": args.stack.service_labels,
            "image": args.image,
            "command": list(args.command),
            "args": pulumi.Output.from_input(args.args).apply(list),
            "networks": job_props.networks(args.networks),
            "secrets": job_props.secrets(args.secrets),
            "configs": job_props.configs(args.configs),
            "placement_constraints": list(args.placement_constraints),
            "user": args.user or "",
            "job": args.name,
            "schedule": args.schedule,
            "time_zone": args.time_zone,
            "late_after_seconds": int(late_after(args.schedule).total_seconds()) if late is None else late,
            "memory_limit_mib": args.resources.memory_limit_mib or 0,
            "memory_reservation_mib": args.resources.memory_reservation_mib or 0,
            "cpu_limit": args.resources.cpu_limit or 0,
            "wait_seconds": args.wait_seconds,
            "changed_by_hand": {},
        }
        super().__init__(ScheduledJobProvider(), name, props, opts)


def _remove(inputs: ScheduledJobInputs) -> None:
    """Removes the service with its run; one that is gone, or of somebody else, is left as it is."""
    with connect(inputs.docker_host) as api:
        live = api.spec(inputs.service_name)
        if live is not None and is_ours(live, inputs):
            api.remove_service(live.service_id)
