"""The blocks of a docker provider Service, each given whole.

Takes `ServiceArgs`, gives the provider's argument objects. Apart from `service.py`, which only puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_docker as docker

from components.durations import go_duration
from components.service_args import Mount, ServiceArgs
from components.update_order import Order

MIB = 1024 * 1024
NANO_CPUS = 1_000_000_000
# Without a bound the engine keeps every line for ever.
LOG_OPTIONS = {"max-size": "10m", "max-file": "3"}
# The port of the discard service, which no image here runs; the node's side is any free port.
DISCARD = 9
# One decimal: the provider reads it back so.
NO_FAILURES = "0.0"


def task_spec(args: ServiceArgs) -> docker.ServiceTaskSpecArgs:
    policy = args.restart_policy
    constraints = list(args.placement_constraints)
    return docker.ServiceTaskSpecArgs(
        container_spec=_container(args),
        networks_advanceds=[
            docker.ServiceTaskSpecNetworksAdvancedArgs(id=network.network_id, aliases=sorted(network.aliases))
            for network in args.networks
        ],
        resources=_resources(args),
        restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(
            condition=policy.condition,
            delay=go_duration(policy.delay_seconds),
            max_attempts=policy.max_attempts,
            window=go_duration(policy.window_seconds),
        ),
        placement=docker.ServiceTaskSpecPlacementArgs(constraints=constraints, max_replicas=0) if constraints else None,
        log_driver=docker.ServiceTaskSpecLogDriverArgs(name="json-file", options=LOG_OPTIONS),
    )


def _container(args: ServiceArgs) -> docker.ServiceTaskSpecContainerSpecArgs:
    return docker.ServiceTaskSpecContainerSpecArgs(
        image=args.image,
        commands=list(args.command) or None,
        args=list(args.args) or None,
        labels=_container_labels(args) or None,
        secrets=[
            docker.ServiceTaskSpecContainerSpecSecretArgs(
                secret_id=file.secret.secret_id,
                secret_name=file.secret.name,
                file_name=file.path,
                file_mode=file.mode,
                file_uid=file.uid,
                file_gid=file.gid,
            )
            for file in args.secrets
        ],
        configs=[
            docker.ServiceTaskSpecContainerSpecConfigArgs(
                config_id=file.config.config_id,
                config_name=file.config.name,
                file_name=file.path,
                file_mode=file.mode,
                file_uid=file.uid,
                file_gid=file.gid,
            )
            for file in args.configs
        ],
        mounts=[_mount(mount) for mount in args.mounts],
        healthcheck=_healthcheck(args),
        stop_grace_period=go_duration(args.stop_grace_seconds),
        stop_signal=args.stop_signal,
        user=args.user,
        hostname=args.hostname,
        read_only=args.read_only,
        init=args.init,
        cap_adds=sorted(args.cap_add) or None,
        cap_drops=sorted(args.cap_drop) or None,
    )


def _container_labels(args: ServiceArgs) -> list[docker.ServiceTaskSpecContainerSpecLabelArgs]:
    return [
        docker.ServiceTaskSpecContainerSpecLabelArgs(label=key, value=value)
        for key, value in sorted(args.container_labels.items())
    ]


def _mount(mount: Mount) -> docker.ServiceTaskSpecContainerSpecMountArgs:
    tmpfs = None
    if mount.size_mib is not None:
        tmpfs = docker.ServiceTaskSpecContainerSpecMountTmpfsOptionsArgs(size_bytes=mount.size_mib * MIB, mode=0o777)
    return docker.ServiceTaskSpecContainerSpecMountArgs(
        target=mount.target, source=mount.source, type=mount.kind, read_only=mount.read_only, tmpfs_options=tmpfs
    )


def _healthcheck(args: ServiceArgs) -> docker.ServiceTaskSpecContainerSpecHealthcheckArgs | None:
    check = args.healthcheck
    if check is None:
        return None
    return docker.ServiceTaskSpecContainerSpecHealthcheckArgs(
        tests=list(check.test),
        interval=go_duration(check.interval_seconds),
        timeout=go_duration(check.timeout_seconds),
        retries=check.retries,
        start_period=go_duration(check.start_period_seconds),
    )


def _resources(args: ServiceArgs) -> docker.ServiceTaskSpecResourcesArgs | None:
    wanted = args.resources
    limits = reservation = None
    if wanted.memory_limit_mib is not None or wanted.cpu_limit is not None:
        limits = docker.ServiceTaskSpecResourcesLimitsArgs(
            memory_bytes=(wanted.memory_limit_mib or 0) * MIB, nano_cpus=round((wanted.cpu_limit or 0) * NANO_CPUS)
        )
    if wanted.memory_reservation_mib is not None:
        reservation = docker.ServiceTaskSpecResourcesReservationArgs(
            memory_bytes=wanted.memory_reservation_mib * MIB, nano_cpus=0
        )
    if limits is None and reservation is None:
        return None
    return docker.ServiceTaskSpecResourcesArgs(limits=limits, reservation=reservation)


def endpoint_spec(args: ServiceArgs) -> docker.ServiceEndpointSpecArgs:
    """Gives the ports; a service that publishes none gets one behind which nothing listens.

    For a dnsrr service without any port the engine tells no endpoint mode. The docker provider reads that as "" and
    would show a difference, and write an update, in every run. Its published port is given, as the engine's choice:
    what is left out the provider takes from the state, which may hold the port of a gateway that published one.
    """
    ports = sorted(args.host_ports, key=lambda port: (port.target, port.protocol, port.published))
    return docker.ServiceEndpointSpecArgs(
        mode="dnsrr",
        ports=[
            docker.ServiceEndpointSpecPortArgs(
                target_port=port.target, published_port=port.published, protocol=port.protocol, publish_mode="host"
            )
            for port in ports
        ]
        or [
            docker.ServiceEndpointSpecPortArgs(
                target_port=DISCARD, published_port=0, protocol="udp", publish_mode="host"
            )
        ],
    )


def mode(args: ServiceArgs) -> docker.ServiceModeArgs:
    if args.replicas is None:
        return docker.ServiceModeArgs(global_=True)
    return docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=args.replicas))


def update_config(args: ServiceArgs, order: Order) -> docker.ServiceUpdateConfigArgs:
    rollout = args.rollout
    return docker.ServiceUpdateConfigArgs(
        parallelism=rollout.parallelism,
        delay=go_duration(rollout.delay_seconds),
        failure_action=rollout.failure_action,
        monitor=go_duration(rollout.monitor_seconds),
        max_failure_ratio=NO_FAILURES,
        order=order,
    )


def rollback_config(args: ServiceArgs, order: Order) -> docker.ServiceRollbackConfigArgs:
    return docker.ServiceRollbackConfigArgs(
        parallelism=args.rollout.parallelism,
        delay=go_duration(0),
        failure_action="pause",
        monitor=go_duration(args.rollout.monitor_seconds),
        max_failure_ratio=NO_FAILURES,
        order=order,
    )


def labels(values: Mapping[str, pulumi.Input[str]]) -> list[docker.ServiceLabelArgs]:
    return [docker.ServiceLabelArgs(label=key, value=value) for key, value in sorted(values.items())]
