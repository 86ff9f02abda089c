"""The Swarm stack `llmproxy-data`: PostgreSQL with its volume, and Redis.

Gives the database that the gateway uses, ours or one run by others, and what must be ready before it is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_random as random

from components.database_identity import DatabaseIdentity, DatabaseIdentityArgs
from components.discovery import labels
from components.fingerprint import DataFingerprint
from components.rollout import RolloutGate
from components.rollout_args import RolloutGateArgs
from components.service_args import Resources
from components.services import monitoring_role
from components.services.database import Database
from components.services.netdata import PASSFILE
from components.services.postgres import PORT, Postgres, PostgresArgs
from components.services.redis_server import RedisServer
from components.volume import Volume, VolumeArgs
from stacks import database_login, images, redis
from stacks.data_memory import STACK, Memory
from stacks.database_login import DatabaseLogin
from stacks.environment import Environment
from stacks.networks import Networks
from stacks.settings import Settings
from stacks.settings_postgres import ExternalPostgres

ROLLOUT_DEADLINE_SECONDS = 180


@dataclass(frozen=True)
class Data:
    """What the gateway needs to know of its data.

    Attributes:
        database: Where it is and who may use it.
        beginnings: Values of which one changes when the data starts anew or others' data takes its place; none of a
            database that others run.
        ready: Resources to wait for before database and Redis are used.
        redis: What the gateway's tasks share; None leaves each to itself.
        login: Of our own database: a change of its password is to be ended with it.
    """

    database: Database
    beginnings: Mapping[str, pulumi.Output[str]]
    ready: Sequence[pulumi.Resource]
    redis: RedisServer | None = None
    login: DatabaseLogin | None = None


def deploy(environment: Environment, networks: Networks, memory: Memory) -> Data:
    """Makes the database, or describes the external one; and Redis."""
    external, child = environment.settings.postgres.external, pulumi.ResourceOptions(parent=memory.group)
    made = (
        _theirs(environment, external, memory.fingerprint)
        if external
        else _ours(environment, networks, memory.fingerprint, child)
    )
    shared = redis.deploy(environment, networks, memory.group)
    return replace(made, redis=shared.server, ready=(*made.ready, *shared.ready))


def _theirs(environment: Environment, external: ExternalPostgres, fingerprint: DataFingerprint) -> Data:
    password = environment.secrets.db_password
    if password is None:
        raise ValueError("an external database without a password passed stack_secrets.read")
    postgres = environment.settings.postgres
    database = Database(
        host=external.host,
        port=external.port,
        name=postgres.database,
        user=postgres.user,
        password=password,
        query=external.query,
        ca_certificate=external.ca_certificate,
    )
    return Data(database, {}, (fingerprint,))


def _ours(
    environment: Environment, networks: Networks, fingerprint: DataFingerprint, child: pulumi.ResourceOptions
) -> Data:
    settings, stack = environment.settings, environment.swarm_stack(STACK)
    volume_name = stack.member("db")
    # Generated in any case: it is protected, and one that the config gives later must not ask for its deletion.
    generated = _generated_password(child)
    password = environment.secrets.db_password or generated
    volume = Volume("db", VolumeArgs(volume_name, fingerprint.volume_token, labels=stack.labels), child)
    postgres = Postgres(
        "db",
        PostgresArgs(
            stack=stack,
            image=images.postgres(settings),
            database=settings.postgres.database,
            user=settings.postgres.user,
            password=password,
            volume_name=volume.name,
            internal_network_id=networks.internal,
            network_ids=[networks.monitoring],
            max_connections=settings.postgres.max_connections,
            resources=Resources(**settings.postgres.resources.model_dump()),
            placement_constraints=settings.postgres.placement_constraints,
            labels=_found_by_netdata(settings, stack.member("db")),
        ),
        pulumi.ResourceOptions(parent=child.parent, depends_on=[fingerprint]),
    )
    gate = RolloutGate(
        STACK,
        RolloutGateArgs(settings.docker.host, [postgres.gated], ROLLOUT_DEADLINE_SECONDS, secret_values=[password]),
        child,
    )
    identity = DatabaseIdentity(
        "db",
        DatabaseIdentityArgs(
            docker_host=settings.docker.host,
            service_id=postgres.service_id,
            service_name=stack.member("db"),
            volume_token=fingerprint.volume_token,
            user=settings.postgres.user,
            database=settings.postgres.database,
        ),
        pulumi.ResourceOptions(parent=child.parent, depends_on=[gate]),
    )
    login = database_login.begin(environment, postgres, identity, password, child)
    database = replace(postgres.database, user=login.name)
    beginnings = {"volume": fingerprint.volume_token, "database": identity.system_identifier}
    return Data(database, beginnings, (gate, identity, login.begun), login=login)


def _found_by_netdata(settings: Settings, service: str) -> dict[str, str]:
    """The labels by which the discovery finds the database; the password is in a file that Netdata has."""
    if not settings.netdata.enabled:
        return {}
    address = f"{monitoring_role.ROLE}@{service}:{PORT}/{settings.postgres.database}"
    return {
        labels.NAME: f"{settings.name_prefix}llmproxy",
        labels.DSN: f"postgresql://{address}?passfile={PASSFILE}",
    }


def _generated_password(child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    # Letters and digits: long enough without signs that someone must escape when typing it at night.
    protected = pulumi.ResourceOptions(parent=child.parent, protect=True)
    return random.RandomPassword("db-password", length=40, special=False, opts=protected).result
