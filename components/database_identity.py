"""Remembers which database cluster answers: PostgreSQL's system identifier.

Takes the database's service, gives the identifier. A volume may keep its token while somebody wiped or exchanged
what is in it; the identifier, which initdb makes, does not survive that. Read through the container when it runs on
the node that the API answers from; where it does not, the last known value stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import ReadResult, Resource

from components import fingerprint_rules as rules
from components.database_console import printed
from components.docker_engine import SwarmApi
from components.engine_connection import connect
from components.errors import DataMismatch
from components.provider_border import ProviderInputs, parse
from components.swarm_provider import Props, SwarmProvider

QUERY = "select system_identifier from pg_control_system()"


@dataclass(frozen=True)
class DatabaseIdentityArgs:
    """Where the database is.

    Attributes:
        docker_host: Address of a manager's engine.
        service_id: The database's service.
        service_name: Its name, for error texts.
        volume_token: The fingerprint's token: a new volume is a new database.
        user: Whom the container's own socket lets in without a password.
        database: Any database of the cluster.
        volume_setting: Path of the setting that allows another database for one up.
    """

    docker_host: str
    service_id: pulumi.Input[str]
    service_name: str
    volume_token: pulumi.Input[str]
    user: str
    database: str
    volume_setting: str = "postgres.allowNewVolume"


class IdentityInputs(ProviderInputs):
    """The inputs, and what was found."""

    docker_host: str
    service_id: str
    service_name: str
    volume_token: str
    command: list[str]
    volume_setting: str
    system_identifier: str = ""


class DatabaseIdentityProvider(SwarmProvider):
    """Records at create and update, compares at read."""

    compared = ("docker_host", "service_id", "service_name", "volume_token", "command")

    def identity(self, wanted: Props) -> str:
        return str(wanted["service_name"])

    def converge(self, wanted: Props, _last: Props) -> Props:
        inputs = parse(IdentityInputs, wanted)
        with connect(inputs.docker_host) as api:
            return {"system_identifier": system_identifier(api, inputs.service_id, inputs.command)}

    def look(self, id_: str, last: Props) -> ReadResult | None:
        inputs = parse(IdentityInputs, last)
        with connect(inputs.docker_host) as api:
            found = system_identifier(api, inputs.service_id, inputs.command)
        problem = rules.identity_problem(
            inputs.service_name, recorded=inputs.system_identifier, found=found, setting=inputs.volume_setting
        )
        if problem and self.config.setting(inputs.volume_setting) is not True:
            raise DataMismatch(problem)
        return ReadResult(id_, {**last, "system_identifier": found or inputs.system_identifier})


class DatabaseIdentity(Resource, module="swarm", name="DatabaseIdentity"):
    """The memory of the database cluster; see the module."""

    system_identifier: pulumi.Output[str]

    def __init__(self, name: str, args: DatabaseIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            "docker_host": args.docker_host,
            "service_id": args.service_id,
            "service_name": args.service_name,
            "volume_token": args.volume_token,
            "command": ["psql", "-U", args.user, "-d", args.database, "-X", "-A", "-t", "-c", QUERY],
            "volume_setting": args.volume_setting,
            "system_identifier": None,
        }
        super().__init__(DatabaseIdentityProvider(), name, props, opts)


def system_identifier(api: SwarmApi, service_id: str, command: Sequence[str]) -> str:
    """Asks the running database; empty when it does not run, or not on this node."""
    answers = (answer.strip() for answer in printed(api, service_id, command))
    return next((answer for answer in answers if answer), "")
