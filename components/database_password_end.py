"""After everyone has the database's new login: the former one takes no password any more (ADR 16).

Takes the login that `database_password.py` gave, and depends on all that use it. Waits until the former login has no
session left: a gateway that still ends its answers may need another one. Apart from the first half, because everything
that uses the database changes in between. A login that a killed run left open shows in the next preview as `former`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import ReadResult, Resource

from components import database_logins as logins
from components.database_console import DatabaseArgs, DatabaseInputs, ask, out_of_reach
from components.engine_connection import connect
from components.provider_border import parse
from components.swarm_provider import Props, SwarmProvider

PAUSE_SECONDS = 2


@dataclass(frozen=True)
class DatabasePasswordEndArgs(DatabaseArgs):
    """Which login stays.

    Attributes:
        login: The one that stays.
        longest_session_seconds: How long a session of another login may keep that open.
    """

    login: pulumi.Input[str]
    longest_session_seconds: float


class EndInputs(DatabaseInputs):
    """The inputs."""

    login: str
    longest_session_seconds: float


class DatabasePasswordEndProvider(SwarmProvider):
    """Closes the other logins at create and update."""

    compared = ("service_name", "system_identifier", "user", "login", "former")

    def identity(self, wanted: Props) -> str:
        return str(wanted["service_name"])

    def converge(self, wanted: Props, last: Props) -> Props:
        inputs = parse(EndInputs, wanted)
        end = time.monotonic() + inputs.longest_session_seconds
        with connect(inputs.docker_host) as api:
            sessions = logins.other_sessions(inputs.user, inputs.login)
            while time.monotonic() < end and ask(api, inputs, sessions) not in (None, ["0"]):
                time.sleep(PAUSE_SECONDS)
            is_closed = ask(api, inputs, logins.others_closed(inputs.user, inputs.login)) is not None
        # At first there is no other.
        if last and not is_closed:
            raise out_of_reach(inputs, "the last password is still taken")
        return {}

    def look(self, id_: str, last: Props) -> ReadResult | None:
        inputs = parse(EndInputs, last)
        with connect(inputs.docker_host) as api:
            found = ask(api, inputs, logins.others_open(inputs.user, inputs.login))
        return ReadResult(id_, {**last, "former": ", ".join(found)}) if found else None


class DatabasePasswordEnd(Resource, module="swarm", name="DatabasePasswordEnd"):
    """The end of a change of the password; see the module."""

    def __init__(self, name: str, args: DatabasePasswordEndArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            **args.props(),
            "login": args.login,
            "longest_session_seconds": args.longest_session_seconds,
        }
        super().__init__(DatabasePasswordEndProvider(), name, props, opts)
