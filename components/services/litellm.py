"""LiteLLM, the gateway, and the job that migrates its database.

Takes image, configuration text, keys and a database; gives the service. The job runs with the new image before any
new task starts, and the gateway itself never changes the schema: 1.81.12 would otherwise diff a newer schema against
its own and drop what it does not know (measured).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components import entrypoint, env_file
from components.config import Config, ConfigArgs
from components.healthcheck import Healthcheck, python_http_test
from components.job import Job
from components.job_args import JobArgs
from components.naming import SwarmStack
from components.rollout_args import GatedService
from components.secret import Secret, SecretArgs
from components.service import Service
from components.service_args import (
    NO_LIMITS,
    ConfigFile,
    HostPort,
    NetworkAttachment,
    Resources,
    Rollout,
    SecretFile,
    ServiceArgs,
)
from components.services.database import Database

PORT = 4000
CONFIG_PATH = "/app/config.yaml"
MASTER_KEY_FILE = "/run/secrets/litellm-master-key"
SALT_KEY_FILE = "/run/secrets/litellm-salt-key"
PASSWORD_FILE = "/run/secrets/db-password"  # noqa: S105  a path, no password
# Even with DISABLE_SCHEMA_UPDATE the CLI of 1.81.12 runs `prisma migrate diff --from-url <URL with password>` at each
# start, only to warn about a difference. The check is taken away, so that the password is on no command line.
START = (
    "import litellm.proxy.db.check_migration as check\n"
    "check.check_prisma_schema_diff = lambda db_url=None: None\n"
    "from litellm.proxy.proxy_cli import run_server\n"
    "run_server()"
)
# Schema and migrations lie in a Python package of the image; find_spec finds it without importing it.
MIGRATE = (
    'dir=$(python3 -c "import importlib.util as u; '
    "print(u.find_spec('litellm_proxy_extras').submodule_search_locations[0])\") "
    '&& cd "$dir" && exec prisma migrate deploy --schema "$dir/schema.prisma"'
)


@dataclass(frozen=True)
class LitellmArgs:
    """What the gateway is.

    Attributes:
        stack: The Swarm stack it belongs to.
        docker_host: Address of a manager's engine, through which the migration job runs.
        config_yaml: LiteLLM's own configuration; names no secret.
        environment: Variables without secrets.
        secret_environment: Further variables, each of which reaches the container as a secret file.
        network_ids: Networks on which it answers to its alias. One must reach the providers.
        host_port: Port of the node; None publishes none.
        workers: Processes in each task.
        interval_seconds: Between two health checks. Short, because a task counts as running only after the first
            good one.
        migration_triggers: What runs the migration again besides a new image or address, such as a new volume.
        migration_command: Runs with DATABASE_URL in its environment; ends with 0 when the schema is current.
    """

    stack: SwarmStack
    docker_host: str
    image: pulumi.Input[str]
    config_yaml: pulumi.Input[str]
    master_key: pulumi.Input[str]
    salt_key: pulumi.Input[str]
    database: Database
    network_ids: Sequence[pulumi.Input[str]]
    name: str = "litellm"
    environment: Mapping[str, str] = field(default_factory=dict)
    secret_environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    host_port: int | None = None
    replicas: int = 1
    workers: int = 1
    interval_seconds: float = 5
    timeout_seconds: float = 5
    retries: int = 6
    start_period_seconds: float = 60
    monitor_seconds: float = 10
    stop_grace_seconds: float = 60
    resources: Resources = NO_LIMITS
    placement_constraints: Sequence[str] = ()
    labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    migration_timeout_seconds: float = 300
    migration_triggers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    migration_command: Sequence[str] = ("sh", "-c", MIGRATE)


class Litellm(pulumi.ComponentResource):
    """LiteLLM; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService
    migration: Job

    def __init__(self, name: str, args: LitellmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Litellm", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        script = ConfigFile(
            Config(f"{name}-entrypoint", ConfigArgs(text=entrypoint.script(), labels=args.stack.labels), child),
            entrypoint.PATH,
            entrypoint.MODE,
        )
        password = self._secret(f"{name}-db-password", args.database.password, PASSWORD_FILE, args)
        self.migration = self._migrate(name, args, [script], password)
        secrets = [
            password,
            self._secret(f"{name}-master-key", args.master_key, MASTER_KEY_FILE, args),
            self._secret(f"{name}-salt-key", args.salt_key, SALT_KEY_FILE, args),
            *(
                self._secret(f"{name}-env-{variable}", value, _variable_file(variable), args)
                for variable, value in sorted(args.secret_environment.items())
            ),
        ]
        configs = [
            script,
            ConfigFile(
                Config(f"{name}-config", ConfigArgs(text=args.config_yaml, labels=args.stack.labels), child),
                CONFIG_PATH,
            ),
            ConfigFile(
                Config(f"{name}-env", ConfigArgs(text=_environment(args), labels=args.stack.labels), child),
                env_file.PATH,
            ),
        ]
        gateway = pulumi.ResourceOptions(parent=self, depends_on=[self.migration])
        service = Service(name, _service(args, secrets, configs), gateway)
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})

    def _secret(self, name: str, value: pulumi.Input[str], path: str, args: LitellmArgs) -> SecretFile:
        child = pulumi.ResourceOptions(parent=self)
        return SecretFile(Secret(name, SecretArgs(value=value, labels=args.stack.labels), child), path)

    def _migrate(self, name: str, args: LitellmArgs, configs: list[ConfigFile], password: SecretFile) -> Job:
        child = pulumi.ResourceOptions(parent=self)
        text = env_file.render({}, database_urls={"DATABASE_URL": _database_url(args)})
        environment = Config(f"{name}-migrate-env", ConfigArgs(text=text, labels=args.stack.labels), child)
        return Job(
            f"{name}-migrate",
            JobArgs(
                docker_host=args.docker_host,
                stack=args.stack,
                name=f"{args.name}-migrate",
                image=args.image,
                command=entrypoint.COMMAND,
                args=args.migration_command,
                networks=[NetworkAttachment(network_id) for network_id in args.network_ids],
                secrets=[password],
                configs=[*configs, ConfigFile(environment, env_file.PATH)],
                placement_constraints=args.placement_constraints,
                timeout_seconds=args.migration_timeout_seconds,
                triggers=args.migration_triggers,
                secret_values=[args.database.password],
            ),
            child,
        )


def _service(args: LitellmArgs, secrets: list[SecretFile], configs: list[ConfigFile]) -> ServiceArgs:
    return ServiceArgs(
        stack=args.stack,
        name=args.name,
        image=args.image,
        command=entrypoint.COMMAND,
        args=[
            *("python3", "-c", START),
            *("--config", CONFIG_PATH, "--port", str(PORT), "--num_workers", str(args.workers)),
        ],
        networks=[NetworkAttachment(network_id, [args.name]) for network_id in args.network_ids],
        secrets=secrets,
        configs=configs,
        healthcheck=Healthcheck(
            test=python_http_test(port=PORT, path="/health/liveliness", timeout_seconds=int(args.timeout_seconds)),
            interval_seconds=args.interval_seconds,
            timeout_seconds=args.timeout_seconds,
            retries=args.retries,
            start_period_seconds=args.start_period_seconds,
        ),
        replicas=args.replicas,
        placement_constraints=args.placement_constraints,
        resources=args.resources,
        rollout=Rollout(monitor_seconds=args.monitor_seconds),
        stop_grace_seconds=args.stop_grace_seconds,
        host_ports=[HostPort(args.host_port, PORT)] if args.host_port else [],
        labels=args.labels,
    )


def _environment(args: LitellmArgs) -> str:
    return env_file.render(
        {**args.environment, "DISABLE_SCHEMA_UPDATE": "true"},
        secret_files={
            "LITELLM_MASTER_KEY": MASTER_KEY_FILE,
            "LITELLM_SALT_KEY": SALT_KEY_FILE,
            **{variable: _variable_file(variable) for variable in args.secret_environment},
        },
        database_urls={"DATABASE_URL": _database_url(args)},
    )


def _variable_file(name: str) -> str:
    return f"/run/secrets/environment-{name}"


def _database_url(args: LitellmArgs) -> env_file.DatabaseUrl:
    database = args.database
    return env_file.DatabaseUrl(
        user=database.user,
        password_file=PASSWORD_FILE,
        host=database.host,
        port=database.port,
        name=database.name,
        query=database.query,
    )
