"""A new password comes with a login of its own, and the former logins are closed at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

from components import database_logins as logins
from components import database_password, database_password_end
from components.database_password import DatabasePasswordProvider
from components.database_password_end import DatabasePasswordEndProvider
from tests.components.swarm import FAILED, RUNNING

OWNER, SECOND, THIRD = "llmproxy", "llmproxy_login_2", "llmproxy_login_3"
# What the state held before there were further logins.
OLD_STATE: dict[str, JsonValue] = {
    "docker_host": "unix:///run/none.sock",
    "service_id": "s1",
    "service_name": "llmproxy-data_db",
    "system_identifier": "7",
    "user": OWNER,
    "database": "llmproxy",
    "password": "old",
}
LAST: dict[str, JsonValue] = {**OLD_STATE, "login": OWNER, "turn": 1}
END: dict[str, JsonValue] = {**OLD_STATE, "login": SECOND, "longest_session_seconds": 5.0}


@dataclass
class Server:
    """An engine that notes what psql is given, and answers as it does."""

    reachable: bool = True
    open_logins: list[str] = field(default_factory=lambda: [OWNER])
    sessions: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    commands: list[Sequence[str]] = field(default_factory=list)

    def tasks(self, _service_id: str) -> list[object]:
        return [FAILED, RUNNING]

    def run_in_container(self, container_id: str, command: Sequence[str], given: str = "") -> str | None:
        assert container_id == RUNNING.container_id
        self.commands.append(command)
        self.given.append(given)
        return "\n".join([*self._answer(given), logins.DONE, ""]) if self.reachable else None

    def _answer(self, given: str) -> list[str]:
        for name in (OWNER, SECOND):
            if given == logins.is_open(name):
                return [str(int(name in self.open_logins))]
            if given == logins.others_open(OWNER, name):
                return [each for each in self.open_logins if each != name]
            if given == logins.other_sessions(OWNER, name):
                return [self.sessions.pop(0) if self.sessions else "0"]
        return []


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()

    @contextmanager
    def connect(_host: str) -> Iterator[Server]:
        yield made

    for module in (database_password, database_password_end):
        monkeypatch.setattr(module, "connect", connect)
    return made


def set_to(password: str, last: dict[str, JsonValue], **changed: JsonValue) -> dict[str, JsonValue]:
    wanted = {**OLD_STATE, "password": password, **changed}
    return dict(DatabasePasswordProvider().update("db", last, wanted).outs or {})


def found(last: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return dict(DatabasePasswordProvider().read("db", last).outs or {})


def test_the_first_password_is_the_owners(server: Server) -> None:
    made = DatabasePasswordProvider().create(OLD_STATE).outs or {}

    assert (made["login"], made["turn"]) == (OWNER, 1)
    assert server.given == [logins.opened(OWNER, OWNER, "old")]


def test_each_further_password_has_a_login_of_its_own_and_touches_no_other(server: Server) -> None:
    first = set_to("new", LAST)
    second = set_to("newer", first)

    assert (first["login"], second["login"]) == (SECOND, THIRD)
    assert server.given == [logins.opened(OWNER, SECOND, "new"), logins.opened(OWNER, THIRD, "newer")]


def test_a_state_from_before_there_were_logins_means_the_owner_and_changes_nothing(server: Server) -> None:
    refreshed = found(OLD_STATE)

    assert refreshed["login"] == OWNER
    assert not DatabasePasswordProvider().diff("db", refreshed, OLD_STATE).changes
    assert set_to("new", refreshed)["login"] == set_to("new", OLD_STATE)["login"] == SECOND


def test_another_cluster_gets_the_password_for_the_same_login(server: Server) -> None:
    assert set_to("old", {**LAST, "login": SECOND, "turn": 2}, system_identifier="8")["login"] == SECOND
    assert server.given == [logins.opened(OWNER, SECOND, "old")]


def test_a_login_that_a_restored_cluster_does_not_know_is_opened_again(server: Server) -> None:
    last: dict[str, JsonValue] = {**LAST, "login": SECOND, "turn": 2}
    refreshed = found(last)

    assert DatabasePasswordProvider().diff("db", refreshed, OLD_STATE).changes
    opened = set_to("old", refreshed)
    assert opened["login"] == SECOND
    server.open_logins = [SECOND]
    assert not DatabasePasswordProvider().diff("db", found(opened), OLD_STATE).changes


def test_a_database_out_of_reach_is_said_only_where_something_was_to_change(server: Server) -> None:
    server.reachable = False

    assert (DatabasePasswordProvider().create(OLD_STATE).outs or {})["login"] == OWNER
    DatabasePasswordEndProvider().create(END)
    assert not DatabasePasswordProvider().diff("db", found(LAST), OLD_STATE).changes
    with pytest.raises(Exception, match="its password was not changed: the engine at unix:"):
        set_to("new", LAST)
    with pytest.raises(Exception, match="the last password is still taken: the engine at unix:"):
        DatabasePasswordEndProvider().update("db", END, END)


def test_the_password_is_given_as_input_and_is_no_argument(server: Server) -> None:
    set_to("new", LAST)

    assert not any("new" in word for command in server.commands for word in command)
    assert all(text.endswith("\\q\n") for text in server.given)


def test_the_former_login_is_closed_when_its_last_session_is_over(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_password_end, "PAUSE_SECONDS", 0)
    server.sessions = ["2", "1"]

    DatabasePasswordEndProvider().update("db", {**END, "login": OWNER}, END)

    asked = logins.other_sessions(OWNER, SECOND)
    assert server.given == [asked, asked, asked, logins.others_closed(OWNER, SECOND)]


def test_a_session_without_end_does_not_keep_it_open(server: Server) -> None:
    server.sessions = ["1"]

    DatabasePasswordEndProvider().update("db", END, {**END, "longest_session_seconds": 0.0})

    assert server.given[-1] == logins.others_closed(OWNER, SECOND)


def test_a_login_that_a_killed_run_left_open_is_seen_and_closed(server: Server) -> None:
    provider = DatabasePasswordEndProvider()
    server.open_logins = [OWNER, SECOND]
    refreshed = dict(provider.read("db", END).outs or {})

    assert refreshed["former"] == OWNER
    assert provider.diff("db", refreshed, END).changes
    ended = dict(provider.update("db", refreshed, END).outs or {})
    server.open_logins = [SECOND]
    assert not provider.diff("db", dict(provider.read("db", ended).outs or {}), END).changes


def test_names_and_passwords_may_hold_any_signs() -> None:
    assert "password 'it''s :a \\ $b';" in logins.opened("a", "a_login_2", "it's :a \\ $b")
    assert len(logins.login("x" * 63, 12_345_678)) == logins.LONGEST_NAME


@pytest.mark.parametrize(
    ("changed", "is_set"),
    [
        ({"password": "newer"}, True),
        ({"system_identifier": "8"}, True),
        ({"service_id": "s2"}, False),
        ({"docker_host": "unix:///run/other.sock"}, False),
    ],
)
def test_it_is_set_again_for_another_password_or_cluster_only(changed: dict[str, JsonValue], is_set: bool) -> None:
    assert DatabasePasswordProvider().diff("db", LAST, {**OLD_STATE, **changed}).changes is is_set
