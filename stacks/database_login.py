"""The login by which our database is used, and the end of the former one (ADR 16).

Takes the running database; gives the login that has the stack's password, and makes what closes the other one when all
that use the database have changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components import entrypoint
from components.database_identity import DatabaseIdentity
from components.database_password import DatabasePassword, DatabasePasswordArgs
from components.database_password_end import DatabasePasswordEnd, DatabasePasswordEndArgs
from components.services import stop_grace
from components.services.postgres import Postgres
from stacks.environment import Environment

STACK = "llmproxy-data"


@dataclass(frozen=True)
class DatabaseLogin:
    """Both halves of a change of the password.

    Attributes:
        begun: Has the login that counts from now on.
        opts: Of whom the second half is a child.
    """

    environment: Environment
    service_id: pulumi.Output[str]
    system_identifier: pulumi.Output[str]
    begun: DatabasePassword
    opts: pulumi.ResourceOptions

    @property
    def name(self) -> pulumi.Output[str]:
        """Of the login; a state from before there were further ones has none, and means the owner."""
        return self.begun.login.apply(lambda login: login or self.environment.settings.postgres.user)

    def end(self, after: Sequence[pulumi.Resource]) -> None:
        """Closes the other logins, once these have the new one."""
        settings = self.environment.settings
        stream = settings.litellm.longest_stream_seconds
        DatabasePasswordEnd(
            "db",
            DatabasePasswordEndArgs(
                docker_host=settings.docker.host,
                service_id=self.service_id,
                service_name=self.environment.swarm_stack(STACK).member("db"),
                system_identifier=self.system_identifier,
                user=settings.postgres.user,
                database=settings.postgres.database,
                login=self.name,
                longest_session_seconds=stop_grace.of_gateway(stream, drain_seconds=entrypoint.DRAIN_SECONDS),
            ),
            pulumi.ResourceOptions(parent=self.opts.parent, depends_on=list(after)),
        )


def begin(
    environment: Environment,
    postgres: Postgres,
    identity: DatabaseIdentity,
    password: pulumi.Input[str],
    child: pulumi.ResourceOptions,
) -> DatabaseLogin:
    """Has the running database take the password."""
    settings = environment.settings
    begun = DatabasePassword(
        "db",
        DatabasePasswordArgs(
            docker_host=settings.docker.host,
            service_id=postgres.service_id,
            service_name=environment.swarm_stack(STACK).member("db"),
            system_identifier=identity.system_identifier,
            user=settings.postgres.user,
            database=settings.postgres.database,
            password=password,
        ),
        pulumi.ResourceOptions(parent=child.parent, depends_on=[identity]),
    )
    return DatabaseLogin(environment, postgres.service_id, identity.system_identifier, begun, child)
