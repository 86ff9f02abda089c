"""The Swarm stack `llmproxy-data`: PostgreSQL, its volume, and what tells that nothing of it was lost.

Gives the database that the gateway uses, ours or one run by others, and what must be ready before it is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_random as random

from components.database_identity import DatabaseIdentity, DatabaseIdentityArgs
from components.discovery import labels
from components.fingerprint import DataFingerprint, DataFingerprintArgs
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
from stacks.database_login import DatabaseLogin
from stacks.environment import Environment
from stacks.networks import Networks
from stacks.settings import Settings
from stacks.settings_postgres import ExternalPostgres

STACK = "llmproxy-data"
ROLLOUT_DEADLINE_SECONDS = 180


@dataclass(frozen=True)
class Data:
    """What the gateway needs to know of its data.

    Attributes:
        database: Where it is and who may use it.
        beginnings: Values of which one changes when the data starts anew or others' data takes its place.
        ready: Resources to wait for before database and Redis are used.
        redis: What the gateway's tasks share; None leaves each to itself.
        login: Of our own database: a change of its password is to be ended with it.
    """

    database: Database
    beginnings: Mapping[str, pulumi.Output[str]]
    ready: Sequence[pulumi.Resource]
    redis: RedisServer | None = None
    login: DatabaseLogin | None = None


@dataclass(frozen=True)
class Memory:
    """What is known of the data before anything is made.

    Attributes:
        group: The parent of all that belongs to the data.
        fingerprint: What it refuses must be refused before anything is changed.
    """

    group: pulumi.ComponentResource
    fingerprint: DataFingerprint


def remember(environment: Environment, opts: pulumi.ResourceOptions) -> Memory:
    """Looks whether settings and secrets still fit the data, and says so where the settings keep it from looking."""
    for warning in _switched_off(environment):
        pulumi.log.warn(warning)
    group = pulumi.ComponentResource("llmproxy:stacks:Data", STACK, {}, opts)
    volume = None if environment.settings.postgres.external else environment.swarm_stack(STACK).member("db")
    return Memory(group, _fingerprint(environment, volume, pulumi.ResourceOptions(parent=group)))


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
    return Data(database, {"volume": fingerprint.volume_token}, (fingerprint,))


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


def _fingerprint(environment: Environment, volume_name: str | None, child: pulumi.ResourceOptions) -> DataFingerprint:
    settings = environment.settings
    return DataFingerprint(
        "data",
        DataFingerprintArgs(
            docker_host=settings.docker.host,
            salt_key=environment.secrets.salt_key,
            volume_name=volume_name,
            volume_labels=environment.swarm_stack(STACK).labels,
            fixed=_fixed(settings),
            allow_new_volume=settings.postgres.allow_new_volume,
            allow_new_salt_key=settings.litellm.allow_new_salt_key,
        ),
        pulumi.ResourceOptions(parent=child.parent, protect=True),
    )


def _switched_off(environment: Environment) -> list[str]:
    """A line for each protection that a setting meant for one operation has switched off."""
    settings = environment.settings
    outcomes = {
        "postgres.allowNewVolume": "a data volume that vanished is made anew, empty",
        "litellm.allowNewSaltKey": "another salt key is taken, and what the old one encrypted is lost",
    }
    is_on = {
        "postgres.allowNewVolume": settings.postgres.allow_new_volume,
        "litellm.allowNewSaltKey": settings.litellm.allow_new_salt_key,
    }
    whole = f"{environment.project}:settings"
    return [
        f"Pulumi.{environment.stack}.yaml: {whole}.{path} is true, the protection is off: {outcome}; take it out after "
        f"this up: pulumi config rm --path {whole}.{path} --stack {environment.stack}"
        for path, outcome in outcomes.items()
        if is_on[path]
    ]


def _fixed(settings: Settings) -> dict[str, str]:
    """What leads to the data: another value would leave the volume behind, or ask it for what it does not know."""
    external = settings.postgres.external
    return {
        "namePrefix": settings.name_prefix,
        "postgres.database": settings.postgres.database,
        "postgres.user": settings.postgres.user,
        "postgres.external": f"{external.host}:{external.port}" if external else "none",
    }
