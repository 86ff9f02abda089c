"""The Swarm stack `monitoring`: Netdata, what tells it where to look, and the role by which it asks our database.

Gives the gate of its services, so that what needs them waits; None where Netdata is switched off.
"""

from __future__ import annotations

import pulumi

from components.rollout import RolloutGate
from components.rollout_args import GatedService, RolloutGateArgs
from components.service_args import Resources
from components.services import gateway_metrics, job_keeper, litellm, monitoring_role, postgres, socket_proxy
from components.services import netdata as netdata_service
from components.services.discovery import Discovery, DiscoveryArgs
from components.services.gateway_metrics import GatewayMetrics, GatewayMetricsArgs
from components.services.monitoring_role import MonitoringRole, MonitoringRoleArgs
from components.services.netdata import Netdata, NetdataArgs
from components.volume import Volume, VolumeArgs
from stacks import alarms, derived_secrets, go_jobs, images, netdata_conf
from stacks.data import Data
from stacks.environment import Environment
from stacks.ingress import Ingress
from stacks.networks import Networks
from stacks.secret_needs import AUTHORITY

STACK, DATA, APPLICATION = "monitoring", "llmproxy-data", "llmproxy"
ROLLOUT_DEADLINE_SECONDS = 300
ROLE_PASSWORD = "netdata-db-password"  # noqa: S105  names a secret, is none


def deploy(
    environment: Environment, networks: Networks, data: Data, opts: pulumi.ResourceOptions
) -> RolloutGate | None:
    """Makes the services of this Swarm stack, if Netdata is switched on."""
    if not environment.settings.netdata.enabled:
        return None
    group = pulumi.ComponentResource("llmproxy:stacks:Monitoring", STACK, {}, opts)
    gated = _services(environment, networks, data, group)
    secret_values = [_role_password(environment), *environment.secrets.monitoring.values()]
    args = RolloutGateArgs(
        environment.settings.docker.host, gated, ROLLOUT_DEADLINE_SECONDS, secret_values=secret_values
    )
    return RolloutGate(STACK, args, pulumi.ResourceOptions(parent=group))


def _services(environment: Environment, networks: Networks, data: Data, group: pulumi.Resource) -> list[GatedService]:
    """What the gate watches."""
    child = pulumi.ResourceOptions(parent=group)
    stack = environment.swarm_stack(STACK)
    volumes = {
        what: Volume(
            f"netdata-{what}",
            VolumeArgs(f"{stack.member('netdata')}-{what}", protect=False, retain=True, labels=stack.labels),
            child,
        ).name
        for what in ("config", "lib", "cache")
    }
    role = _role(environment, networks, data, child)
    netdata = Netdata(
        "netdata",
        _netdata(environment, networks, volumes),
        pulumi.ResourceOptions(parent=group, depends_on=[role] if role else []),
    )
    discovery = Discovery("discovery", _discovery(environment, networks, volumes["config"]), child)
    metrics = GatewayMetrics("gateway-metrics", _gateway_metrics(environment, networks), child)
    return [netdata.gated, discovery.gated, metrics.gated]


def _netdata(environment: Environment, networks: Networks, volumes: dict[str, pulumi.Output[str]]) -> NetdataArgs:
    settings, ours = environment.settings, environment.settings.netdata
    folder, mail = netdata_service.CONFIG_FOLDER, ours.notify.mail
    configs = {
        f"{folder}/netdata.conf": netdata_conf.netdata_conf(
            ours.retention_gib, naming_script=netdata_service.NAMING_PATH
        ),
        f"{folder}/health.d/llmproxy.conf": alarms.health_conf(ours.alarms, go_jobs.trusted_hosts(settings)),
        f"{folder}/health_alarm_notify.conf": netdata_conf.notify_conf(
            ours.notify, webhook_file=netdata_service.WEBHOOK_FILE
        ),
    }
    if mail:
        password_file = netdata_service.SMTP_PASSWORD_FILE
        configs["/etc/msmtprc"] = netdata_conf.msmtprc(mail, password_file=password_file)
    passfile = {} if settings.postgres.external else {"netdata-pgpass": _pgpass(environment)}
    return NetdataArgs(
        stack=environment.swarm_stack(STACK),
        image=images.choose(settings, "netdata", ours.image),
        configs=configs,
        secrets={**passfile, **environment.secrets.monitoring},
        network_ids=[networks.monitoring, networks.public],
        volumes=volumes,
        labels=Ingress(settings).labels("netdata", ours.host_name, netdata_service.PORT),
        resources=Resources(**ours.resources.model_dump()),
        placement_constraints=ours.placement_constraints,
    )


def _discovery(environment: Environment, networks: Networks, volume: pulumi.Output[str]) -> DiscoveryArgs:
    settings, ours, stack = environment.settings, environment.settings.netdata, environment.swarm_stack(STACK)
    return DiscoveryArgs(
        stack=stack,
        image=images.choose(settings, "python", ours.discovery.image),
        network_ids=[networks.monitoring, *([networks.socket_proxy] if networks.socket_proxy else [])],
        socket_proxy=socket_proxy.address(),
        netdata=stack.member("netdata"),
        database_network_id=networks.monitoring,
        volume_name=volume,
        # By their names in the Swarm: a short one may be had by a foreign service on the same network as well.
        jobs=go_jobs.fixed(
            settings,
            database=f"{environment.swarm_stack(DATA).member('db')}:{postgres.PORT}",
            gateway=f"{environment.swarm_stack(APPLICATION).member('litellm')}:{litellm.PORT}",
            metrics=f"{stack.member('gateway-metrics')}:{gateway_metrics.PORT}",
            keeper=f"{environment.swarm_stack(APPLICATION).member('job-keeper')}:{job_keeper.PORT}",
            authority_file=netdata_service.AUTHORITY_FILE if AUTHORITY in environment.secrets.monitoring else None,
        ),
        resources=Resources(**ours.discovery.resources.model_dump()),
        placement_constraints=ours.placement_constraints,
    )


def _gateway_metrics(environment: Environment, networks: Networks) -> GatewayMetricsArgs:
    settings, ours = environment.settings, environment.settings.netdata
    return GatewayMetricsArgs(
        stack=environment.swarm_stack(STACK),
        image=images.choose(settings, "python", ours.discovery.image),
        network_ids=[networks.monitoring],
        master_key=environment.secrets.master_key,
        gateway=environment.swarm_stack(APPLICATION).member("litellm"),
        gateway_port=litellm.PORT,
        window_seconds=ours.alarms.error_ratio_seconds,
        fewest_requests=ours.alarms.error_ratio_requests,
        resources=Resources(**ours.discovery.resources.model_dump()),
        placement_constraints=ours.placement_constraints,
    )


def _role(
    environment: Environment, networks: Networks, data: Data, child: pulumi.ResourceOptions
) -> MonitoringRole | None:
    """The role in our own database; another's is its owner's matter."""
    settings = environment.settings
    if settings.postgres.external:
        return None
    args = MonitoringRoleArgs(
        stack=environment.swarm_stack(STACK),
        docker_host=settings.docker.host,
        image=images.postgres(settings),
        network_id=networks.internal,
        database=data.database,
        password=_role_password(environment),
        triggers=data.beginnings,
        # Where the database may run its image is, or can be had.
        placement_constraints=settings.postgres.placement_constraints,
    )
    return MonitoringRole("netdata-role", args, pulumi.ResourceOptions(parent=child.parent, depends_on=[*data.ready]))


def _role_password(environment: Environment) -> pulumi.Output[str]:
    return derived_secrets.secret(environment, ROLE_PASSWORD)


def _pgpass(environment: Environment) -> pulumi.Output[str]:
    server = environment.swarm_stack(DATA).member("db")
    return _role_password(environment).apply(
        lambda password: monitoring_role.pgpass(password, host=server, port=postgres.PORT)
    )
