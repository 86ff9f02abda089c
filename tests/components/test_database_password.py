"""The database's owner gets the stack's password in the running server, whatever signs are in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from components import database_password
from components.database_password import DatabasePasswordProvider, PasswordInputs
from tests.components.swarm import FAILED, RUNNING

INPUTS = PasswordInputs(
    docker_host="unix:///run/none.sock",
    service_id="s1",
    service_name="llmproxy-data_db",
    system_identifier="7",
    user="llmproxy",
    database="llmproxy",
    password="new",
)


@dataclass
class Heard:
    """An engine that notes what a container is given, and answers as psql does."""

    answer: str | None
    given: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)

    def tasks(self, _service_id: str) -> list[object]:
        return [FAILED, RUNNING]

    def run_in_container(self, container_id: str, command: list[str], given: str = "") -> str | None:
        self.given.append((container_id, tuple(command), given))
        return self.answer


def test_the_password_is_given_as_input_and_is_no_argument() -> None:
    heard = Heard(f"{database_password.DONE}\n")

    assert database_password.set_password(heard, INPUTS)  # type: ignore[arg-type]  # only these two calls are made

    ((container, command, given),) = heard.given
    assert container == RUNNING.container_id
    assert "new" not in command
    assert "alter role \"llmproxy\" password 'new';" in given
    assert given.endswith("\\q\n")


@pytest.mark.parametrize("answer", [None, ""])
def test_a_database_of_another_node_or_that_refuses_is_noticed(answer: str | None) -> None:
    assert not database_password.set_password(Heard(answer), INPUTS)  # type: ignore[arg-type]  # only these two calls are made


def test_a_password_may_hold_any_signs() -> None:
    assert database_password.statement("llmproxy", "it's :a \\ $b").endswith("password 'it''s :a \\ $b';\n")


@pytest.mark.parametrize(
    ("changed", "is_set"),
    [
        ({"password": "newer"}, True),
        ({"system_identifier": "8"}, True),
        ({"service_id": "s2"}, False),
        ({"docker_host": "unix:///run/other.sock"}, False),
    ],
)
def test_it_is_set_again_for_another_password_or_cluster_only(changed: dict[str, str], is_set: bool) -> None:
    before = INPUTS.model_dump()

    assert DatabasePasswordProvider().diff("db", before, {**before, **changed}).changes is is_set
