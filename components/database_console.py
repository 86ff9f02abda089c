"""Speaks to our running database over its container's own socket, which lets the owner in without a password.

Takes the database's service and what psql is to read; gives what it printed. It needs the engine of the node that the
database runs on. Apart, because both what the cluster is and who may log in are asked for in this way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components import database_logins as logins
from components.docker_engine import SwarmApi
from components.errors import SwarmError
from components.provider_border import ProviderInputs


@dataclass(frozen=True)
class DatabaseArgs:
    """Which cluster is spoken to, and as whom.

    Attributes:
        docker_host: Address of a manager's engine.
        service_id: The database's service.
        service_name: Its name, for error texts.
        system_identifier: Of the cluster: what is known of one does not hold for another.
        user: The owner.
        database: Any database of the cluster.
    """

    docker_host: str
    service_id: pulumi.Input[str]
    service_name: str
    system_identifier: pulumi.Input[str]
    user: str
    database: str

    def props(self) -> dict[str, pulumi.Input[Any]]:
        """The resource's inputs by which `DatabaseInputs` is read, and the cluster's identifier."""
        return {
            "docker_host": self.docker_host,
            "service_id": self.service_id,
            "service_name": self.service_name,
            "system_identifier": self.system_identifier,
            "user": self.user,
            "database": self.database,
        }


class DatabaseInputs(ProviderInputs):
    """Where the database is, and whom its socket lets in."""

    docker_host: str
    service_id: str
    service_name: str
    user: str
    database: str


def printed(api: SwarmApi, service_id: str, command: Sequence[str], given: str = "") -> Iterator[str]:
    """What a command prints in each running task of the service; nothing where it fails or is not on this node."""
    for task in api.tasks(service_id):
        if task.state == "running" and task.container_id:
            answer = api.run_in_container(task.container_id, command, given)
            if answer is not None:
                yield answer


def ask(api: SwarmApi, database: DatabaseInputs, text: str) -> list[str] | None:
    """Has the database read a text of `database_logins`; None where it is not on this node, or refuses.

    The text goes in as input: no password is in an argument.
    """
    options = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
    command = ["psql", *options, "-U", database.user, "-d", database.database]
    answers = (logins.answer(each) for each in printed(api, database.service_id, command, text))
    return next((found for found in answers if found is not None), None)


def out_of_reach(database: DatabaseInputs, outcome: str) -> SwarmError:
    """What to do where it cannot be spoken to."""
    return SwarmError(
        f"{database.service_name}: {outcome}: the engine at {database.docker_host} does not run the database itself, "
        "or the database refused; run up through the engine of its node (docker.host)"
    )
