"""Gives our database the password that the stack has, whenever that changes, without locking the gateway out (ADR 16).

Takes the running database and the password; gives the login that has it. PostgreSQL reads a password file only when it
makes its cluster, so a later password is set in the running server, for a login of its own. What uses the database then
changes login and password at once, and `database_password_end.py` closes the former login. Sessions that are open stay
so, and the server need not restart.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi.dynamic import ReadResult, Resource

from components import database_logins as logins
from components.database_console import DatabaseArgs, DatabaseInputs, ask, out_of_reach
from components.engine_connection import connect
from components.provider_border import parse
from components.swarm_provider import Props, SwarmProvider


@dataclass(frozen=True)
class DatabasePasswordArgs(DatabaseArgs):
    """Whose password it is.

    Attributes:
        password: What the login is to have.
    """

    password: pulumi.Input[str]


class PasswordInputs(DatabaseInputs):
    """The inputs, and which login it is; `closed` is what a refresh may find."""

    system_identifier: str
    password: str
    turn: int = logins.FIRST_TURN
    closed: bool = False

    @property
    def login(self) -> str:
        return logins.login(self.user, self.turn)


class DatabasePasswordProvider(SwarmProvider):
    """Opens a login at create and update: a further one for another password, else the same."""

    compared = ("service_name", "system_identifier", "user", "password", "closed")

    def identity(self, wanted: Props) -> str:
        return str(wanted["service_name"])

    def converge(self, wanted: Props, last: Props) -> Props:
        inputs = parse(PasswordInputs, wanted)
        before = parse(PasswordInputs, last) if last else inputs
        turn = before.turn if before.password == inputs.password else before.turn + 1
        login = logins.login(inputs.user, turn)
        with connect(inputs.docker_host) as api:
            is_open = ask(api, inputs, logins.opened(inputs.user, login, inputs.password)) is not None
        # A cluster that was just made has it already, wherever its node is.
        if last and not is_open:
            raise out_of_reach(inputs, "its password was not changed")
        return {"login": login, "turn": turn}

    def look(self, id_: str, last: Props) -> ReadResult | None:
        inputs = parse(PasswordInputs, last)
        with connect(inputs.docker_host) as api:
            found = ask(api, inputs, logins.is_open(inputs.login))
        # The state or the cluster may be an older one that was put back.
        closed: Props = {"closed": True} if found == ["0"] else {}
        return ReadResult(id_, {**last, **closed, "login": inputs.login, "turn": inputs.turn})


class DatabasePassword(Resource, module="swarm", name="DatabasePassword"):
    """The password, and the login that has it; see the module."""

    login: pulumi.Output[str]

    def __init__(self, name: str, args: DatabasePasswordArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            **args.props(),
            "password": pulumi.Output.secret(args.password),
            "login": None,
        }
        super().__init__(DatabasePasswordProvider(), name, props, opts)
