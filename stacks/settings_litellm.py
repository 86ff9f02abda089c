"""The settings of the gateway: the object under `litellm` in `llmproxy:settings`.

Names and defaults in LiteLLM's own words. A part of `settings.py`, which parses the whole. Pure.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, model_validator

from stacks import passed_through
from stacks.settings_base import Resources, Strict
from stacks.settings_types import (
    AddressRange,
    Constraints,
    HostName,
    HttpUrl,
    OneLine,
    Port,
    SecretVariableName,
    VariableName,
)

LOOPBACK = ("127.0.0.0/8", "::1/128")
# RFC 1918 and RFC 4193; from 127.0.0.1 a request reaches Traefik from docker_gwbridge, which is of them.
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
YamlSection = Annotated[dict[str, JsonValue], AfterValidator(passed_through.yaml_section)]
Variables = Annotated[dict[VariableName, OneLine], AfterValidator(passed_through.environment)]
SecretVariables = Annotated[list[SecretVariableName], AfterValidator(passed_through.secret_environment)]


class Litellm(Strict):
    """The gateway. Names and defaults in LiteLLM's own words; what is null is left to LiteLLM."""

    image: str | None = Field(None, min_length=1, description="Image instead of the one that imageSource chooses.")
    host_port: Port | None = Field(
        4000, description="Port on the host that answers requests; null publishes none (behind Traefik)."
    )
    host_port_allow_list: list[AddressRange] = Field(
        [*LOOPBACK, *PRIVATE],
        description="Addresses and ranges that may reach hostPort where our Traefik publishes it, as plain HTTP; "
        "empty: everyone. Without Traefik it is the gateway's own port, which a firewall has to close.",
    )
    host_name: HostName | None = Field(
        None, description="Its public host name; null is llm. before ingress.domain. Routed where there is an ingress."
    )
    admin_url: HttpUrl | None = Field(
        None,
        description="Where this program reaches LiteLLM's admin API; null is the host port on 127.0.0.1. No two stacks "
        "of one project and stack name may share a gateway.",
    )
    replicas: int = Field(1, ge=1, le=100, description="Tasks of the gateway.")
    workers: int = Field(4, ge=1, le=64, description="Worker processes in each task (--num_workers).")
    longest_stream_seconds: int = Field(
        300,
        ge=1,
        le=86_400,
        description="How long an answer that has begun may go on when its gateway is replaced; after that it is cut. "
        "With a host port of its own the new gateway starts only when the last of them has ended.",
    )
    resources: Resources = Field(Resources(), description="Limits of each gateway task.")
    placement_constraints: Constraints = Field([], description="Swarm constraints, such as node.role==worker.")
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
    start_period_seconds: int = Field(
        120,
        ge=10,
        le=3600,
        description="How long a gateway may take to start before failed health checks count; longer on a slow machine "
        "or with thousands of models. One that never answers is told so much later.",
    )
    rollout_deadline_seconds: int = Field(
        300,
        ge=30,
        description="After this long a rollout that has not settled is a failure; longestStreamSeconds is added for "
        "each replica where the gateway has a host port of its own, as the new one then waits for answers.",
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
