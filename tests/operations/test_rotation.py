"""A secret is replaced in the config without passing a command line, and a rotation that was killed loses no value."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from operations.errors import OperationsError
from operations.https_door import Address
from operations.locations import Locations
from operations.rotation import effective, renewal, table
from operations.rotation.portainer_account import Account
from stacks.service_secrets import NAMES, derived
from stacks.settings import parse
from tests.operations.keeping_pulumi import KeepingPulumi, Killed, keeping

SALT = "llmproxy:litellm-salt-key"
GENERATED = {
    "type": "random:index/randomPassword:RandomPassword",
    "outputs": {"result": {"4dabf18193072939515e22adb298388d": "x", "plaintext": json.dumps("drawn")}},
}


@pytest.fixture
def pulumi(tmp_path: Path) -> KeepingPulumi:
    """A stack whose config holds the two keys of every stack."""
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Pulumi.dev.template.yaml").write_text("config: {}\n")
    made = keeping(Locations(clone, tmp_path / "home", tmp_path / "cache"))
    for key in (table.MASTER_KEY.key, SALT):
        made.ask("config", "set", "--secret", key, secret="sk-old")
    return made


def test_a_secret_that_nobody_set_is_the_one_that_the_program_derives(pulumi: KeepingPulumi) -> None:
    assert effective.value(pulumi, "redis-password") == derived("sk-old", "redis-password")

    renewal.begin(pulumi, table.find("redis-password"))

    assert effective.value(pulumi, "redis-password") == pulumi.config["llmproxy:redis-password"]
    assert effective.value(pulumi, "redis-password") != derived("sk-old", "redis-password")


def test_a_database_password_that_nobody_set_is_the_one_in_the_state(pulumi: KeepingPulumi) -> None:
    with pytest.raises(OperationsError, match="llmproxy:db-password: no value"):
        effective.value(pulumi, "db-password")
    pulumi.state["resources"] = [GENERATED]

    assert effective.value(pulumi, "db-password") == "drawn"


@pytest.mark.parametrize("name", [None, "databse-password"])
def test_a_name_that_is_none_is_refused_with_those_that_are(pulumi: KeepingPulumi, name: str | None) -> None:
    with pytest.raises(OperationsError, match=r"NAME: found .*, allowed are portainer-admin-password, .*db-password"):
        effective.value(pulumi, name)
    with pytest.raises(OperationsError, match=r"SECRET: found .*, allowed are portainer-admin-password, "):
        table.find(name)


def test_every_secret_of_a_service_can_be_rotated() -> None:
    assert set(NAMES) <= set(table.ROTATIONS)
    assert {"ui-password", "litellm-master-key", "db-password"} <= set(table.ROTATIONS)


@pytest.mark.parametrize("name", list(table.ROTATIONS))
def test_a_new_value_is_long_one_line_and_another_each_time(name: str) -> None:
    rotation = table.find(name)
    values = {rotation.draws() for _ in range(3)}

    assert len(values) == 3
    assert all(len(value) >= 40 and value.isprintable() for value in values)
    assert all(value.startswith("sk-") for value in values) is (name == "litellm-master-key")


def test_the_master_key_of_before_stays_until_the_rotation_is_over(pulumi: KeepingPulumi) -> None:
    renewed = renewal.begin(pulumi, table.MASTER_KEY)

    assert (renewed.before, renewed.goes_on) == ("sk-old", False)
    assert pulumi.config["llmproxy:litellm-master-key-previous"] == "sk-old"
    assert pulumi.config["llmproxy:litellm-master-key"] == renewed.after != "sk-old"

    renewal.end(pulumi, table.MASTER_KEY)

    assert "llmproxy:litellm-master-key-previous" not in pulumi.config


def test_a_rotation_that_was_killed_before_its_up_goes_on_with_both_values(pulumi: KeepingPulumi) -> None:
    first = renewal.begin(pulumi, table.MASTER_KEY)

    second = renewal.begin(pulumi, table.MASTER_KEY)

    assert (second.before, second.after, second.goes_on) == ("sk-old", first.after, True)


def test_a_rotation_that_was_killed_before_it_drew_a_value_draws_one(pulumi: KeepingPulumi) -> None:
    pulumi.dies_at.append(table.MASTER_KEY.key)
    with pytest.raises(Killed):
        renewal.begin(pulumi, table.MASTER_KEY)
    pulumi.dies_at.clear()

    again = renewal.begin(pulumi, table.MASTER_KEY)

    assert again.before == "sk-old" != again.after
    assert pulumi.config[table.MASTER_KEY.key] == again.after


def test_no_value_is_shown_where_the_object_is(pulumi: KeepingPulumi) -> None:
    renewed = renewal.begin(pulumi, table.MASTER_KEY)

    assert renewed.after not in repr(renewed)
    assert "sk-old" not in repr(renewed)


@pytest.mark.parametrize(
    ("name", "document", "reason"),
    [
        ("ui-password", {}, "UI_PASSWORD is not in llmproxy:settings.litellm.secretEnvironment"),
        ("ui-password", {"litellm": {"secretEnvironment": ["UI_PASSWORD"]}}, None),
        ("portainer-admin-password", {}, "Portainer is switched off"),
        ("portainer-admin-password", {"portainer": {"enabled": True}}, "Portainer has no host name"),
        (
            "portainer-admin-password",
            {"portainer": {"enabled": True}, "ingress": {"existing": {"network": "theirs"}}},
            None,
        ),
        ("portainer-agent-secret", {}, "nothing uses it, as portainer.enabled is false"),
        ("antigravity-web-password", {}, "nothing uses it, as antigravityManager.enabled is false"),
        ("cli-proxy-api-key", {}, "nothing uses it, as cliProxyApi.enabled is false"),
        ("redis-password", {}, "nothing uses it, as redis.enabled is false"),
        ("redis-password", {"redis": {"enabled": True}}, None),
        ("redis-password", {"redis": {"enabled": True, "external": {"host": "r.example.com"}}}, "the Redis is run by"),
        ("basic-auth-password", {}, "no service that is routed asks for it"),
        ("basic-auth-password", {"ingress": {"existing": {"network": "edge"}}}, "the Traefik is run by others"),
        (
            "basic-auth-password",
            {"traefik": {"enabled": True, "dashboard": True}, "ingress": {"certificate": "own"}},
            None,
        ),
        ("netdata-db-password", {}, "nothing uses it, as netdata.enabled is false"),
        ("netdata-db-password", {"netdata": {"enabled": True}}, None),
        (
            "netdata-db-password",
            {"postgres": {"external": {"host": "db.example.com"}}},
            "the database is run by others",
        ),
        ("db-password", {}, None),
        ("db-password", {"postgres": {"external": {"host": "db.example.com"}}}, "the database is run by others"),
    ],
)
def test_what_would_change_nothing_is_refused_before_anything_is_written(
    name: str, document: dict[str, JsonValue], reason: str | None
) -> None:
    found = table.find(name).why_not(parse(document, place="here"))

    assert (found is None) is (reason is None)
    assert (reason or "") in (found or "")


def test_basic_auth_by_an_htpasswd_line_is_changed_there(pulumi: KeepingPulumi) -> None:
    rotation = table.find("basic-auth-password")
    assert renewal.why_not(pulumi, rotation) is None
    assert renewal.why_not(pulumi, table.find("db-password")) is None

    pulumi.ask("config", "set", "--secret", "llmproxy:basic-auth-htpasswd", secret="ops:$apr1$x$y")

    assert "change that one: pulumi config set --secret llmproxy:basic-auth-htpasswd" in str(
        renewal.why_not(pulumi, rotation)
    )


class Portainer(http.server.BaseHTTPRequestHandler):
    """The part of Portainer's API that changes a password."""

    password = "before"

    def do_POST(self) -> None:
        given = self._given()
        right = self.path == "/api/auth" and given == {"username": "admin", "password": Portainer.password}
        self._answer(200 if right else 422, {"jwt": "token"} if right else {"message": "Invalid credentials"})

    def do_PUT(self) -> None:
        given, may = self._given(), self.headers["Authorization"] == "Bearer token"
        right = may and self.path == "/api/users/1/passwd" and given["password"] == Portainer.password
        if right:
            Portainer.password = given["newPassword"]
        self._answer(204 if right else 403, {})

    def _given(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _answer(self, status: int, document: object) -> None:
        body = b"" if status == 204 else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
        """Says nothing."""


@pytest.fixture
def account() -> Iterator[Account]:
    """The administrator of a Portainer whose password is `before`."""
    Portainer.password = "before"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portainer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Account(Address("portainer.localhost", "127.0.0.1", server.server_port, is_tls=False))
        server.shutdown()
        thread.join()


def test_portainers_password_is_changed_through_its_api_and_a_second_time_is_none(account: Account) -> None:
    account.change("before", "after")
    account.change("before", "after")

    assert Portainer.password == "after"


def test_a_password_that_somebody_changed_there_is_told_without_showing_any(account: Account) -> None:
    with pytest.raises(OperationsError, match="takes neither the new nor the last password of admin") as told:
        account.change("another", "after")

    assert "another" not in str(told.value)
    assert Portainer.password == "before"
