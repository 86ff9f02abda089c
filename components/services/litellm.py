"""LiteLLM, the gateway, and the job that migrates its database.

Takes image, configuration text, keys and a database; gives the service. The job runs with the new image before any
new task starts, and the gateway itself never changes the schema: 1.81.12 would otherwise diff a newer schema against
its own and drop what it does not know (measured).
Told to end, it ends each answer that it has begun. Without a host port of its own it also serves on for a while
before, so that the reverse proxy in front of it has noticed the task that takes over.
"""

from __future__ import annotations

import pulumi

from components import entrypoint, env_file
from components.healthcheck import Healthcheck, python_http_test
from components.job import Job
from components.job_args import JobArgs
from components.naming import BEGINNING_LABEL
from components.rollout_args import GatedService
from components.service import Service
from components.service_args import ConfigFile, HostPort, NetworkAttachment, Rollout, SecretFile, ServiceArgs
from components.service_files import ServiceFiles, secret_path
from components.services import database, litellm_migration, litellm_start, redis_server
from components.services.litellm_args import LitellmArgs

PORT = 4000
CONFIG_PATH = "/app/config.yaml"
MASTER_KEY_FILE = secret_path("litellm-master-key")
SALT_KEY_FILE = secret_path("litellm-salt-key")
PASSWORD_FILE = secret_path("db-password")
# LiteLLM would go on asking the address of a task that has ended for 300 s after another took over.
DNS_CACHE_SECONDS = 2
# uvicorn believes the reverse proxy, else it leads `/ui/login` from https to http. Only its networks reach the gateway.
BEHIND_A_PROXY = {"FORWARDED_ALLOW_IPS": "*"}


class Litellm(pulumi.ComponentResource):
    """LiteLLM; see the module."""

    service_id: pulumi.Output[str]
    gated: GatedService
    migration: Job

    def __init__(self, name: str, args: LitellmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmproxy:services:Litellm", name, {}, opts)
        files = ServiceFiles(name, args.stack, self)
        script, password = files.entrypoint(), files.secret("db-password", args.database.password)
        trusted = _trusted(args, files)
        self.migration = self._migrate(name, args, files, [script, *trusted], password)
        secrets = [
            password,
            files.secret("master-key", args.master_key, MASTER_KEY_FILE),
            files.secret("salt-key", args.salt_key, SALT_KEY_FILE),
            *(
                files.secret(f"env-{variable}", value, _variable_file(variable))
                for variable, value in sorted(args.secret_environment.items())
            ),
            *(files.secret("redis-password", value) for value in args.redis_passwords),
        ]
        configs = [
            *(script, *trusted, _environment(args, files)),
            files.config("config", args.config_yaml, CONFIG_PATH),
            files.config("ending", litellm_start.ENDING.read_text(encoding="utf-8"), litellm_start.ENDING_PATH),
        ]
        gateway = pulumi.ResourceOptions(parent=self, depends_on=[self.migration])
        service = Service(name, _service(args, secrets, configs), gateway)
        self.service_id, self.gated = service.service_id, service.gated
        self.register_outputs({"service_id": self.service_id})

    def _migrate(
        self, name: str, args: LitellmArgs, files: ServiceFiles, configs: list[ConfigFile], password: SecretFile
    ) -> Job:
        environment = files.environment({}, database_urls={"DATABASE_URL": _database_url(args)}, name="migrate-env")
        return Job(
            f"{name}-migrate",
            JobArgs(
                docker_host=args.docker_host,
                stack=args.stack,
                name=f"{args.name}-migrate",
                image=args.image,
                command=entrypoint.COMMAND,
                args=litellm_migration.command(args.left_out_callbacks),
                networks=[
                    NetworkAttachment(network_id) for network_id in (args.internal_network_id, *args.network_ids)
                ],
                secrets=[password],
                configs=[*configs, environment],
                placement_constraints=args.placement_constraints,
                timeout_seconds=args.migration_timeout_seconds,
                triggers=args.beginnings,
                secret_values=[args.database.password],
            ),
            pulumi.ResourceOptions(parent=self),
        )


def _service(args: LitellmArgs, secrets: list[SecretFile], configs: list[ConfigFile]) -> ServiceArgs:
    return ServiceArgs(
        stack=args.stack,
        name=args.name,
        image=args.image,
        command=entrypoint.COMMAND,
        args=litellm_start.command(config_path=CONFIG_PATH, port=PORT, workers=args.workers),
        networks=[
            NetworkAttachment(args.internal_network_id, [args.name]),
            *(NetworkAttachment(network_id) for network_id in args.network_ids),
        ],
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
        container_labels={f"{BEGINNING_LABEL}{what}": began for what, began in args.beginnings.items()},
    )


def _environment(args: LitellmArgs, files: ServiceFiles) -> ConfigFile:
    return files.environment(
        {
            "AIOHTTP_TTL_DNS_CACHE": str(DNS_CACHE_SECONDS),
            **(BEHIND_A_PROXY if args.drains else {}),
            **({redis_server.URL_VARIABLE: args.redis.open_url} if args.redis and not args.redis_passwords else {}),
            **args.environment,
            "DISABLE_SCHEMA_UPDATE": "true",
            litellm_start.GRACE_VARIABLE: str(args.longest_stream_seconds),
        },
        secret_files={
            "LITELLM_MASTER_KEY": MASTER_KEY_FILE,
            "LITELLM_SALT_KEY": SALT_KEY_FILE,
            **{variable: _variable_file(variable) for variable in args.secret_environment},
        },
        database_urls={"DATABASE_URL": _database_url(args), **_redis_url(args)},
        drain_seconds=args.drain_seconds if args.drains else 0,
    )


def _redis_url(args: LitellmArgs) -> dict[str, pulumi.Input[env_file.DatabaseUrl]]:
    if args.redis is None or not args.redis_passwords:
        return {}
    return {redis_server.URL_VARIABLE: args.redis.url(secret_path("redis-password"))}


def _trusted(args: LitellmArgs, files: ServiceFiles) -> list[ConfigFile]:
    """The authorities of servers that are run by others."""
    redis = args.redis.ca_certificate if args.redis else None
    given = [("database-ca", args.database.ca_certificate, database.CA_PATH), ("redis-ca", redis, redis_server.CA_PATH)]
    return [files.config(name, certificate, path) for name, certificate, path in given if certificate is not None]


def _variable_file(name: str) -> str:
    return secret_path(f"environment-{name}")


def _database_url(args: LitellmArgs) -> pulumi.Output[env_file.DatabaseUrl]:
    ours = args.database
    return pulumi.Output.from_input(ours.user).apply(
        lambda user: env_file.DatabaseUrl(
            user=user,
            password_file=PASSWORD_FILE,
            host=ours.host,
            port=ours.port,
            name=ours.name,
            query=ours.prisma_query,
        )
    )
