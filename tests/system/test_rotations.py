"""A secret is replaced by `make rotate` while people come in through Traefik: the new value is taken, the old refused.

None of their requests fails, but where Traefik itself has to restart for its users file: then they fail for some
seconds, with no answer of the gateway among them. Each test changes another secret of the one whole installation.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable

import pytest

from components.services.monitoring_role import ROLE
from stacks import password_file
from tests.system import visitors
from tests.system.full_profile import HOSTS, Full
from tests.system.installation import Installation, until
from tests.system.outcome import assert_converged
from tests.system.secrecy import Search
from tests.system.steady_load import Load, steadily

A_SECOND = 10
# While Traefik restarts: no connection, its own certificate, or no route yet.
RESTARTING = re.compile(r"[\w-]+: (HTTPSConnectionPool|\('Connection aborted|404 404 page not found)")
# Some 4 s where nothing else keeps the machine busy.
RESTART_SECONDS = 60
UI_KEY, HTPASSWD_KEY = "litellm-environment:UI_PASSWORD", "llmproxy:basic-auth-htpasswd"
FIRST_UI_PASSWORD, OPERATOR, HIS_PASSWORD = "the-first-password-of-the-ui", "operator", "his-own-password"
WHO = "select current_user"


def test_with_an_htpasswd_line_that_one_is_taken_and_the_command_says_so(full: Full) -> None:
    derived = full.secret("basic-auth-password")
    assert pages_of_netdata(full, "admin", derived) == 200
    full.made.setting("litellm.secretEnvironment[0]", "UI_PASSWORD")
    line = password_file.hashed_line(OPERATOR, HIS_PASSWORD, salt_key="of this test")
    full.made.secrets({HTPASSWD_KEY: line, UI_KEY: FIRST_UI_PASSWORD})

    load = under_load(full, lambda: full.made.make("up", PROFILE="full"))
    assert_failed_while_traefik_restarted(load)
    assert pages_of_netdata(full, OPERATOR, HIS_PASSWORD) == 200
    assert pages_of_netdata(full, "admin", derived) == 401
    refused = full.made.make("rotate", SECRET="basic-auth-password", expect=None)
    assert refused.returncode != 0
    assert f"nothing was changed: {HTPASSWD_KEY} has a value, which is taken instead" in refused.stderr


def test_the_databases_password_has_no_gap(full: Full) -> None:
    old, login = full.secret("db-password"), full.made.output("databaseLogin")
    assert over_the_network(full.made, login, old, WHO) == "llmproxy"

    new = rotated(full, "db-password")
    now = full.made.output("databaseLogin")
    assert over_the_network(full.made, now, new, WHO) == "llmproxy"
    for refused, password in ((login, old), (login, new), (now, old)):
        assert "password authentication failed" in over_the_network(full.made, refused, password, WHO)
    full.made.make("cleanup")


def test_the_ui_takes_its_new_password_only(full: Full) -> None:
    assert enters_the_ui(full, FIRST_UI_PASSWORD)

    new = rotated(full, "ui-password")
    assert enters_the_ui(full, new)
    assert not enters_the_ui(full, FIRST_UI_PASSWORD)
    assert not enters_the_ui(full, full.made.master_key())


def test_a_key_that_the_gateway_uses_changes_behind_it(full: Full) -> None:
    def status(key: str) -> int:
        headers = {"authorization": f"Bearer {key}"}
        return full.doors.ask("GET", HOSTS["cli-proxy-api"], "/v1/models", headers=headers).status_code

    old = full.secret("cli-proxy-api-key")
    assert status(old) == 200
    new = rotated(full, "cli-proxy-api-key")
    assert (status(new), status(old)) == (200, 401)


@pytest.mark.parametrize(
    "name", ["portainer-admin-password", "antigravity-web-password", "cli-proxy-api-management-key"]
)
def test_the_page_of_a_service_takes_its_new_password_only(full: Full, name: str) -> None:
    old = full.secret(name)
    assert is_let_in(full, name, old)

    full.made.make("rotate", SECRET=name)
    new = full.secret(name)
    assert new != old
    until(lambda: is_let_in(full, name, new), seconds=30)
    assert not is_let_in(full, name, old)
    assert_converged(full.made)


def test_netdatas_role_takes_its_new_password_only(full: Full) -> None:
    old = full.secret("netdata-db-password")
    assert over_the_network(full.made, ROLE, old, WHO) == ROLE

    new = rotated(full, "netdata-db-password")
    assert over_the_network(full.made, ROLE, new, WHO) == ROLE
    assert "password authentication failed" in over_the_network(full.made, ROLE, old, WHO)


def test_basic_auth_takes_the_new_password_when_traefik_has_restarted(full: Full) -> None:
    old = full.secret("basic-auth-password")
    full.made.pulumi("config", "rm", HTPASSWD_KEY)

    load = under_load(full, lambda: full.made.make("rotate", SECRET="basic-auth-password"))
    assert_failed_while_traefik_restarted(load)
    assert pages_of_netdata(full, "admin", full.secret("basic-auth-password")) == 200
    assert pages_of_netdata(full, "admin", old) == 401
    assert pages_of_netdata(full, OPERATOR, HIS_PASSWORD) == 401


def rotated(full: Full, name: str) -> str:
    """Rotates under load, of which nothing may fail; gives the new value."""
    said: list[str] = []

    def rotate() -> None:
        done = full.made.make("rotate", SECRET=name)
        said.extend((done.stdout, done.stderr))

    old = full.secret(name)
    load = under_load(full, rotate)
    assert load.failures == []
    assert load.answered > 100
    new = full.secret(name)
    assert new != old
    assert Search({"old": old, "new": new}).in_text("what the command printed", "".join(said)) == []
    assert_converged(full.made)
    return new


def under_load(full: Full, change: Callable[[], object]) -> Load:
    with steadily(visitors.asks(full), a_second=A_SECOND) as load:
        change()
    return load


def assert_failed_while_traefik_restarted(load: Load) -> None:
    assert [failure for failure in load.failures if not RESTARTING.match(failure)] == []
    assert len(load.failures) < RESTART_SECONDS * A_SECOND
    assert load.answered > 100


def pages_of_netdata(full: Full, user: str, password: str) -> int:
    """How Netdata's page answers, once Traefik has a route to it."""

    def status() -> int:
        return full.doors.ask("GET", HOSTS["netdata"], "/api/v1/info", auth=(user, password)).status_code

    until(lambda: status() in (200, 401), seconds=30)
    return status()


def is_let_in(full: Full, name: str, password: str) -> bool:
    """Whether a service's page opens to what its secret of that name is said to be."""
    bearer = {"authorization": f"Bearer {password}"}
    if name == "portainer-admin-password":
        who = {"Username": "admin", "Password": password}
        answer = full.doors.ask("POST", HOSTS["portainer"], "/api/auth", json=who)
    elif name == "antigravity-web-password":
        answer = full.doors.ask("GET", HOSTS["antigravity-manager"], "/api/accounts", headers=bearer)
    else:
        answer = full.doors.ask("GET", HOSTS["cli-proxy-api"], "/v0/management/config", headers=bearer)
    return answer.status_code == 200


def enters_the_ui(full: Full, password: str) -> bool:
    answer = full.doors.ask("POST", HOSTS["litellm"], "/login", data={"username": "admin", "password": password})
    assert answer.status_code in (303, 401), answer.text
    return answer.status_code == 303


def over_the_network(made: Installation, login: str, password: str, sql: str) -> str:
    """What the database says to somebody who comes to its address in the network, where a password is asked for."""
    address = ["-h", made.service("db"), "-U", login, "-d", "llmproxy"]
    done = subprocess.run(
        ["docker", "exec", "--env", "PGPASSWORD", made.container("db"), "psql", "-XqtA", *address, "-c", sql],
        env={**os.environ, "PGPASSWORD": password},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return (done.stdout + done.stderr).strip()
