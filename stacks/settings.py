"""The settings of one Pulumi stack: the object under `llmproxy:settings` in `Pulumi.<stack>.yaml`.

Takes the plain document, gives a frozen `Settings`; every mistake is told at once, each with its path, what was
found and what is allowed. Holds no secret: those are separate config keys (`stack_secrets.py`), because a secret
inside an object comes back from Pulumi as a plain string without a warning (measured).
Pure: no pulumi, no files, no network, so that commands and editors can use it as well.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator  # noqa: TID251
from pydantic.alias_generators import to_camel

from stacks import passed_through
from stacks.settings_errors import SettingsError, problems_of
from stacks.settings_types import (
    DatabaseName,
    DockerHost,
    HostName,
    HttpUrl,
    NamePrefix,
    OneLine,
    Port,
    RoleName,
    SecretVariableName,
    UrlQuery,
    VariableName,
)

# Connections PostgreSQL keeps for superusers (superuser_reserved_connections, its default): nobody else gets them.
RESERVED_CONNECTIONS = 3

YamlSection = Annotated[dict[str, JsonValue], AfterValidator(passed_through.yaml_section)]
Variables = Annotated[dict[VariableName, OneLine], AfterValidator(passed_through.environment)]
SecretVariables = Annotated[list[SecretVariableName], AfterValidator(passed_through.secret_environment)]


class Strict(BaseModel):
    """Base of every settings object: frozen, no unknown keys, no silent conversions, camelCase in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)


class Docker(Strict):
    """Where the Swarm is."""

    host: DockerHost = Field(
        "unix:///var/run/docker.sock",
        description="Address of a Swarm manager's engine: unix:///path, tcp://host:port or ssh://user@host.",
    )
    nodes: int = Field(
        1,
        ge=1,
        description="How many Swarm nodes can run the gateway. A published host port allows one replica a node.",
    )


class Resources(Strict):
    """What one task may use and what is set aside for it; null means no limit."""

    memory_limit_mib: int | None = Field(None, ge=16, description="Most memory of one task, in MiB.")
    memory_reservation_mib: int | None = Field(None, ge=1, description="Memory set aside for one task, in MiB.")
    cpu_limit: float | None = Field(None, gt=0, description="Most processor time of one task, in cores.")


class ExternalPostgres(Strict):
    """A PostgreSQL that this program does not run. Its password is the secret `llmproxy:db-password`."""

    host: HostName = Field(description="Host name or IPv4 address, as the gateway's containers reach it.")
    port: Port = Field(5432, description="TCP port.")
    query: UrlQuery = Field(
        "sslmode=require",
        description="Connection options that follow the ? of the database URL.",
    )


class Postgres(Strict):
    """The database."""

    database: DatabaseName = Field("llmproxy", description="Name of the database. Fixed once the volume is filled.")
    user: RoleName = Field("llmproxy", description="Owner of the database. Fixed once the volume is filled.")
    image: str | None = Field(None, min_length=1, description="Image instead of the one that imageSource chooses.")
    max_connections: int = Field(100, ge=10, le=10_000, description="PostgreSQL's max_connections.")
    resources: Resources = Field(Resources(), description="Limits of the database's task.")
    placement_constraints: list[str] = Field([], description="Swarm constraints, such as node.labels.db==true.")
    external: ExternalPostgres | None = Field(
        None, description="A PostgreSQL run by others; then no db service and no volume is made."
    )
    allow_new_volume: bool = Field(
        False,
        description="For one operation: accept that the data volume vanished or was made anew, and start empty.",
    )


class Litellm(Strict):
    """The gateway. Names and defaults in LiteLLM's own words; what is null is left to LiteLLM."""

    image: str | None = Field(None, min_length=1, description="Image instead of the one that imageSource chooses.")
    host_port: Port | None = Field(
        4000, description="Port on the host that answers requests; null publishes none (behind Traefik)."
    )
    admin_url: HttpUrl | None = Field(
        None,
        description="Where this program reaches LiteLLM's admin API; null is the host port on 127.0.0.1.",
    )
    replicas: int = Field(1, ge=1, le=100, description="Tasks of the gateway.")
    workers: int = Field(4, ge=1, le=64, description="Worker processes in each task (--num_workers).")
    resources: Resources = Field(Resources(), description="Limits of each gateway task.")
    placement_constraints: list[str] = Field([], description="Swarm constraints, such as node.role==worker.")
    proxy_batch_write_at: int = Field(60, ge=1, description="Seconds between two writes of spend to the database.")
    database_connection_pool_limit: int = Field(10, ge=1, description="Database connections of each worker.")
    store_prompts_in_spend_logs: bool = Field(
        True,
        description="Keep requests and answers in the spend logs. Privacy: everyone who may read the logs reads "
        "what people wrote; false keeps only tokens, cost and who called.",
    )
    store_model_in_db: bool = Field(
        True, description="STORE_MODEL_IN_DB: models live in the database. This program's catalog needs true."
    )
    mode: Literal["PRODUCTION", "DEV"] = Field("PRODUCTION", description="LITELLM_MODE.")
    log: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field("ERROR", description="LITELLM_LOG.")
    json_logs: bool = Field(True, description="JSON_LOGS: one JSON object a line.")
    drop_params: bool = Field(True, description="LITELLM_DROP_PARAMS: drop parameters a provider does not know.")
    general_settings: YamlSection = Field(
        {}, description="Further keys of general_settings in litellm.yaml; no secret, and nothing set elsewhere."
    )
    litellm_settings: YamlSection = Field(
        {}, description="Keys of litellm_settings in litellm.yaml; no secret, and nothing set elsewhere."
    )
    environment: Variables = Field(
        {}, description="Further environment of the gateway; no secret, and nothing set elsewhere."
    )
    secret_environment: SecretVariables = Field(
        [],
        description="Names of further variables of the gateway whose values are secret, such as LANGFUSE_SECRET_KEY; "
        "each value is the secret litellm-environment:NAME.",
    )
    rollout_deadline_seconds: int = Field(
        300, ge=30, description="After this long a rollout that has not settled is a failure."
    )
    adopt: list[str] = Field(
        [],
        description="What was made by hand in LiteLLM and this program may take over: credentials, users and router "
        "keys by name, models by the identity that the error gives. Anything else without our marker is never touched; "
        "of a virtual key made by hand nobody can read the value, so it cannot be taken over.",
    )
    allow_new_salt_key: bool = Field(
        False,
        description="For one operation: accept another salt key. Every credential stored under the old one is lost.",
    )

    @model_validator(mode="after")
    def _usable(self) -> Litellm:
        if self.host_port is None and self.admin_url is None:
            raise ValueError("without hostPort this program reaches the gateway only by adminUrl; set one of the two")
        if not self.store_model_in_db:
            raise ValueError("storeModelInDb must be true: the catalog is kept in the database")
        return self

    @model_validator(mode="after")
    def _variables_fit(self) -> Litellm:
        passed_through.refuse_twice(self.secret_environment, self.environment, within=("secretEnvironment",))
        passed_through.refuse_dangling(
            self.general_settings, {*self.secret_environment, *self.environment}, within=("generalSettings",)
        )
        return self


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
    image_source: Literal["official", "airgap"] = Field(
        "official",
        description="Images from the registries, or those that `make images` builds from packages.",
    )
    postgres: Postgres = Field(Postgres(), description="PostgreSQL, ours or one run by others.")
    litellm: Litellm = Field(Litellm(), description="The gateway.")
    catalog: Catalog = Field(Catalog(), description="The LLM catalog.")

    @model_validator(mode="after")
    def _offline_where_it_must_be(self) -> Settings:
        if self.image_source == "airgap":
            passed_through.refuse_offline(self.litellm.environment, within=("litellm", "environment"))
            passed_through.refuse_offline(self.litellm.secret_environment, within=("litellm", "secretEnvironment"))
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
        if self.litellm.host_port is not None and self.litellm.replicas > self.docker.nodes:
            raise ValueError(
                f"litellm.replicas is {self.litellm.replicas}, but a host port allows one replica a node and "
                f"docker.nodes is {self.docker.nodes}; lower replicas, or set litellm.hostPort to null"
            )
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
