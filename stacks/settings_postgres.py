"""The setting `postgres`: the database, ours or one run by others. A part of `settings.py`. Pure."""

from __future__ import annotations

from pydantic import Field, model_validator

from stacks.settings_base import Resources, Strict, one_task
from stacks.settings_certificates import Authorities
from stacks.settings_types import Constraints, DatabaseName, HostName, Port, RoleName, UrlQuery


class ExternalPostgres(Strict):
    """A PostgreSQL that this program does not run. Its password is the secret `llmproxy:db-password`."""

    host: HostName = Field(description="Host name or IPv4 address, as the gateway's containers reach it.")
    port: Port = Field(5432, description="TCP port.")
    query: UrlQuery = Field(
        "sslmode=require",
        description="Connection options that follow the ? of the database URL.",
    )
    ca_certificate: Authorities | None = Field(
        None,
        description="Who signs its certificate, as PEM. Then the connection is encrypted, and certificate and host "
        "name are checked; null encrypts as the query says and checks nothing.",
    )

    @property
    def is_in_clear(self) -> bool:
        """Whether the query asks for no encryption."""
        return not {"sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"} & set(self.query.split("&"))

    @model_validator(mode="after")
    def _one_way_to_check(self) -> ExternalPostgres:
        other = [option for option in self.query.split("&") if option.startswith("ssl") and option != "sslmode=require"]
        if self.ca_certificate and other:
            raise ValueError(
                f"caCertificate is set and query holds {other[0]}; with caCertificate certificate and host name are "
                "checked always; take it out of query"
            )
        return self


class Postgres(Strict):
    """The database."""

    CANNOT_BE_SET = one_task(
        "one server holds the data volume", remedy="take it out, or name a cluster of others in postgres.external"
    )

    database: DatabaseName = Field("llmproxy", description="Name of the database. Fixed once the volume is filled.")
    user: RoleName = Field("llmproxy", description="Owner of the database. Fixed once the volume is filled.")
    image: str | None = Field(None, min_length=1, description="Image instead of the one that imageSource chooses.")
    max_connections: int = Field(100, ge=10, le=10_000, description="PostgreSQL's max_connections.")
    resources: Resources = Field(Resources(), description="Limits of the database's task.")
    placement_constraints: Constraints = Field([], description="Swarm constraints, such as node.labels.db==true.")
    external: ExternalPostgres | None = Field(
        None, description="A PostgreSQL run by others; then no db service and no volume is made."
    )
    allow_new_volume: bool = Field(
        False,
        description="For one operation: accept that the data volume vanished or was made anew, and start empty.",
    )

    def refuse_tls_without_openssl(self) -> None:
        """For the clean-up, which runs psql in the database's image.

        Raises:
            ValueError: The database wants TLS, and the image that would be taken has none.
        """
        theirs = self.external
        encrypted = theirs is not None and (theirs.ca_certificate or not theirs.is_in_clear)
        if encrypted and not self.image:
            raise ValueError(
                "dbCleanup.enabled is true and postgres.external asks for TLS, which the psql of the air-gap image "
                "lacks; set dbCleanup.image to one whose psql has it, or dbCleanup.enabled to false"
            )
