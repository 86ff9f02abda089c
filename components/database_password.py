"""Gives the database's owner the password that the stack has, whenever that changes.

Takes the running database and the password, gives nothing. PostgreSQL reads a password file only when it makes its
cluster: with a later one, or a cluster from an older backup, the gateway would be locked out. Set through the
container's own socket, which lets the owner in without one; sessions that are open stay so, and the server need not
restart. The statement goes in as input: no password is in an argument, and none in a log of the server.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi.dynamic import Resource

from components.docker_engine import SwarmApi, connect
from components.errors import SwarmError
from components.provider_border import ProviderInputs, parse
from components.swarm_provider import Props, SwarmProvider

DONE = "password is set"
# A statement that fails is logged otherwise, with what stands in it.
SQL = "set log_min_error_statement = panic; set log_statement = none;\nalter role {role} password {password};\n"


@dataclass(frozen=True)
class DatabasePasswordArgs:
    """Whose password it is.

    Attributes:
        docker_host: Address of a manager's engine.
        service_id: The database's service.
        service_name: Its name, for error texts.
        system_identifier: Of the cluster: another one has the password that it was made with.
        user: The owner.
        database: Any database of the cluster.
        password: What the owner is to have.
    """

    docker_host: str
    service_id: pulumi.Input[str]
    service_name: str
    system_identifier: pulumi.Input[str]
    user: str
    database: str
    password: pulumi.Input[str]


class PasswordInputs(ProviderInputs):
    """The inputs."""

    docker_host: str
    service_id: str
    service_name: str
    system_identifier: str
    user: str
    database: str
    password: str


class DatabasePasswordProvider(SwarmProvider):
    """Sets it at create and update."""

    compared = ("service_name", "system_identifier", "user", "password")

    def identity(self, wanted: Props) -> str:
        return str(wanted["service_name"])

    def converge(self, wanted: Props, last: Props) -> Props:
        inputs = parse(PasswordInputs, wanted)
        with connect(inputs.docker_host) as api:
            is_set = set_password(api, inputs)
        # A cluster that was just made has it already, wherever its node is.
        if last and not is_set:
            raise SwarmError(
                f"{inputs.service_name}: its password was not changed: the engine at {inputs.docker_host} does not run "
                "the database itself, or the database refused; run up through the engine of its node (docker.host)"
            )
        return {}


class DatabasePassword(Resource, module="swarm", name="DatabasePassword"):
    """The owner's password; see the module."""

    def __init__(self, name: str, args: DatabasePasswordArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            "docker_host": args.docker_host,
            "service_id": args.service_id,
            "service_name": args.service_name,
            "system_identifier": args.system_identifier,
            "user": args.user,
            "database": args.database,
            "password": pulumi.Output.secret(args.password),
        }
        super().__init__(DatabasePasswordProvider(), name, props, opts)


def set_password(api: SwarmApi, inputs: PasswordInputs) -> bool:
    """Sets it in the running database; False where that is not on this node, or refuses."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", inputs.user, "-d", inputs.database]
    given = f"{statement(inputs.user, inputs.password)}\\echo {DONE}\n\\q\n"
    containers = [task.container_id for task in api.tasks(inputs.service_id) if task.state == "running"]
    return any(DONE in (api.run_in_container(each, command, given) or "") for each in containers if each)


def statement(role: str, password: str) -> str:
    """The SQL, whatever signs are in the password; one line, as a secret of the stack is."""
    literal = password.replace("'", "''")
    return SQL.format(role=f'"{role}"', password=f"'{literal}'")
