"""The logins on a real PostgreSQL: the next one has all that the owner has, the former one is refused afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components import database_logins as logins
from tests.components import spend_logs
from tests.components.spend_logs import PASSWORD, SpendLogs
from tests.system.installation import until

pytestmark = pytest.mark.system

OWNER, SECOND, THIRD = "owner", "owner_login_2", "owner_login_3"
NEXT = "ne:x't \\ $pass"
WHO = "select current_user || ' ' || session_user"


@dataclass(frozen=True)
class Server:
    """The database, which reads texts over its own socket and lets sessions in over its network."""

    database: SpendLogs

    def read(self, text: str) -> list[str] | None:
        return logins.answer(self.database.sql(text))

    def over_network(self, login: str, password: str, *statements: str) -> subprocess.Popen[str]:
        """A session as the gateway's: from another container, with a password."""
        name, commands = self.database.name, [word for sql in statements for word in ("-c", sql)]
        client = ["--network", name, "--env", f"PGPASSWORD={password}", "--entrypoint", "psql", self.database.image]
        return subprocess.Popen(
            ["docker", "run", "--rm", *client, "-XqtA", "-h", name, "-U", login, "-d", "gate way", *commands],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def who(self, login: str, password: str, *before: str) -> str:
        """What such a session answers at the end."""
        return self.over_network(login, password, *before, WHO).communicate(timeout=60)[0].strip()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("logins")
    with spend_logs.database(folder, with_tool_index=False) as database:
        yield Server(database)


def test_a_further_login_acts_as_the_owner_and_the_owner_is_let_in_until_the_end(server: Server) -> None:
    assert server.read(logins.is_open(SECOND)) == ["0"]
    for _ in range(2):
        assert server.read(logins.opened(OWNER, SECOND, NEXT)) == []

    assert server.who(SECOND, NEXT, "create table made_by_second ()") == f"{OWNER} {SECOND}"
    assert server.database.sql("select tableowner from pg_tables where tablename = 'made_by_second'") == OWNER
    assert server.who(OWNER, PASSWORD) == f"{OWNER} {OWNER}"
    assert server.read(logins.is_open(SECOND)) == ["1"]
    assert server.read(logins.others_open(OWNER, SECOND)) == [OWNER]

    assert server.read(logins.others_closed(OWNER, SECOND)) == []
    assert "password authentication failed" in server.who(OWNER, PASSWORD)
    assert server.who(SECOND, NEXT) == f"{OWNER} {SECOND}"
    assert server.read(logins.others_open(OWNER, SECOND)) == []


def test_a_former_login_is_gone_once_it_has_no_session(server: Server) -> None:
    server.read(logins.opened(OWNER, SECOND, NEXT))
    server.read(logins.opened(OWNER, THIRD, "third"))
    running = server.over_network(SECOND, NEXT, "select pg_sleep(3)", WHO)
    until(lambda: server.read(logins.other_sessions(OWNER, THIRD)) == ["1"], seconds=20, every=0.2)
    assert server.read(logins.others_closed(OWNER, THIRD)) == []
    assert running.communicate(timeout=60)[0].strip() == f"{OWNER} {SECOND}", "its session went on"
    assert roles(server) == {OWNER, SECOND, THIRD}
    assert server.read(logins.others_closed(OWNER, THIRD)) == []
    assert roles(server) == {OWNER, THIRD}


def test_a_login_on_which_something_hangs_is_closed_and_stays(server: Server) -> None:
    server.read(logins.opened(OWNER, SECOND, NEXT))
    server.database.sql(f"create table hanging (); alter table hanging owner to {SECOND}")

    assert server.read(logins.others_closed(OWNER, THIRD)) == []
    assert server.read(logins.others_open(OWNER, THIRD)) == []
    assert SECOND in roles(server)


def roles(server: Server) -> set[str]:
    return set(server.database.sql("select rolname from pg_roles where rolname like 'owner%'").split())
