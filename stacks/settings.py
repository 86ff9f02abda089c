"""The settings of one Pulumi stack: the object under `llmproxy:settings` in `Pulumi.<stack>.yaml`.

Takes the plain document, gives a frozen `Settings`; every mistake is told at once, each with its path, what was
found and what is allowed. Holds no secret: those are separate config keys (`stack_secrets.py`), because a secret
inside an object comes back from Pulumi as a plain string without a warning (measured).
Pure: no pulumi, no files, no network, so that commands and editors can use it as well.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue, ValidationError, model_validator

from stacks import idle_settings, ingress_checks, passed_through
from stacks.settings_antigravity_manager import AntigravityManager
from stacks.settings_base import Strict
from stacks.settings_cli_proxy_api import CliProxyApi
from stacks.settings_errors import SettingsError, problems_of
from stacks.settings_ingress import Ingress, Traefik
from stacks.settings_jobs import DbCleanup, SwarmCronjob
from stacks.settings_litellm import Litellm
from stacks.settings_netdata import Netdata
from stacks.settings_ownership import Ownership
from stacks.settings_portainer import Portainer
from stacks.settings_postgres import Postgres
from stacks.settings_redis import Redis
from stacks.settings_socket_proxy import SocketProxy
from stacks.settings_types import DockerHost, NamePrefix

# Connections PostgreSQL keeps for superusers (superuser_reserved_connections, its default): nobody else gets them.
RESERVED_CONNECTIONS = 3


class Docker(Strict):
    """Where the Swarm is."""

    host: DockerHost = Field(
        "unix:///var/run/docker.sock",
        description="Address of a Swarm manager's engine: unix:///path, tcp://host:port or ssh://user@host.",
    )
    nodes: int = Field(
        1,
        ge=1,
        description="How many Swarm nodes can run the gateway, or Traefik: a published host port allows one replica a "
        "node.",
    )


class Catalog(Strict):
    """Where the catalog's layers are, and how strict they are read."""

    read_local_overlay: bool = Field(
        False,
        description="Merge the git-ignored catalog/local.json or config.local.json over the committed files.",
    )
    skip_providers_without_key: bool = Field(
        False,
        description="true: a provider without a key is skipped with a warning; false: it is an error, so that a "
        "missing file never deletes production.",
    )


class Settings(Strict):
    """Everything that a stack may choose and that is no secret."""

    name_prefix: NamePrefix = Field(
        "",
        description="Put before every Swarm name, so that two installations can share a Swarm; ends in '-'.",
    )
    docker: Docker = Field(Docker(), description="The Swarm.")
    ownership: Ownership = Field(Ownership(), description="Whose the services are in Portainer.")
    image_source: Literal["official", "airgap"] = Field(
        "official",
        description="Images from the registries, or those that `make images` builds from packages.",
    )
    postgres: Postgres = Field(Postgres(), description="PostgreSQL, ours or one run by others.")
    litellm: Litellm = Field(Litellm(), description="The gateway.")
    ingress: Ingress = Field(Ingress(), description="Host names, and what routes them.")
    traefik: Traefik = Field(Traefik(), description="Our ingress.")
    socket_proxy: SocketProxy = Field(SocketProxy(), description="What reads the Docker API for Traefik and Netdata.")
    portainer: Portainer = Field(Portainer(), description="Portainer and its agents.")
    antigravity_manager: AntigravityManager = Field(AntigravityManager(), description="Antigravity Manager.")
    cli_proxy_api: CliProxyApi = Field(CliProxyApi(), description="CLIProxyAPI.")
    swarm_cronjob: SwarmCronjob = Field(SwarmCronjob(), description="What starts and keeps the scheduled jobs.")
    db_cleanup: DbCleanup = Field(DbCleanup(), description="The clean-up of spend logs.")
    redis: Redis = Field(Redis(), description="What several tasks of the gateway share, ours or run by others.")
    netdata: Netdata = Field(Netdata(), description="Monitoring and alarms.")
    catalog: Catalog = Field(Catalog(), description="The LLM catalog.")

    @property
    def has_socket_proxy(self) -> bool:
        """Whether something reads the Docker API: Traefik, or the discovery beside Netdata."""
        return self.traefik.enabled or self.netdata.enabled

    @model_validator(mode="after")
    def _offline_where_it_must_be(self) -> Settings:
        if self.image_source == "airgap":
            passed_through.refuse_offline(self.litellm.environment, within=("litellm", "environment"))
            passed_through.refuse_offline(self.litellm.secret_environment, within=("litellm", "secretEnvironment"))
        return self

    @model_validator(mode="after")
    def _jobs_are_started(self) -> Settings:
        if self.db_cleanup.enabled and not self.swarm_cronjob.enabled:
            raise ValueError(
                "dbCleanup.enabled is true, but swarmCronjob.enabled is false, so that nothing starts the clean-up; "
                "allowed is true; set swarmCronjob.enabled to true"
            )
        return self

    @model_validator(mode="after")
    def _redis_fits(self) -> Settings:
        variables = {*self.litellm.environment, *self.litellm.secret_environment}
        for problem in self.redis.problems(variables, self.litellm.litellm_settings):
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _clean_up_reaches_the_database(self) -> Settings:
        if self.db_cleanup.enabled and self.image_source == "airgap" and not self.db_cleanup.image:
            self.postgres.refuse_tls_without_openssl()
        return self

    @model_validator(mode="after")
    def _connections_suffice(self) -> Settings:
        gateway = self.litellm
        wanted = gateway.replicas * gateway.workers * gateway.database_connection_pool_limit
        given = self.postgres.max_connections - RESERVED_CONNECTIONS
        if self.postgres.external is None and wanted > given:
            raise ValueError(
                f"replicas × workers × databaseConnectionPoolLimit = {wanted} connections, but "
                f"postgres.maxConnections leaves {given}; raise maxConnections or lower one of the three"
            )
        return self

    @model_validator(mode="after")
    def _host_port_suffices(self) -> Settings:
        # Traefik, where it is ours, publishes the port instead of the gateway's tasks.
        is_published = self.litellm.host_port is not None and not self.traefik.enabled
        if is_published and self.litellm.replicas > self.docker.nodes:
            raise ValueError(
                f"litellm.replicas is {self.litellm.replicas}, but a host port allows one replica a node and "
                f"docker.nodes is {self.docker.nodes}; lower replicas, or set litellm.hostPort to null"
            )
        return self

    @model_validator(mode="after")
    def _ingress_fits(self) -> Settings:
        ingress_checks.check(self)
        return self

    @model_validator(mode="after")
    def _each_is_read(self) -> Settings:
        idle_settings.check(self)
        return self


def parse(document: JsonValue, *, place: str) -> Settings:
    """Parses the settings document.

    Args:
        document: What is authored; None stands for an empty object, and only an object holds settings.
        place: What an error names first, such as `Pulumi.dev.yaml: llmproxy:settings`.

    Raises:
        SettingsError: With every mistake of the document.
    """
    try:
        return Settings.model_validate({} if document is None else document)
    except ValidationError as error:
        raise SettingsError(problems_of(error, Settings, place)) from error
