"""The PostgreSQL image on a real engine: it behaves as the official postgres:18.4."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.system

PASSWORD = "p@s:s/w#rd %'\"\\ x$é"
BUILTIN_LOCALE = "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8 --encoding=UTF8"

Start = Callable[..., Any]


@pytest.fixture
def volume(bench: Any) -> str:
    return str(bench.client.volumes.create(bench.name).name)


@pytest.fixture
def start(bench: Any, volume: str, tmp_path: Path) -> Start:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o444)
    tmp_path.chmod(0o755)

    def started(name: str, **environment: str) -> Any:
        settings = {
            "POSTGRES_USER": "litellm",
            "POSTGRES_PASSWORD_FILE": "/run/secrets/password",
            "POSTGRES_INITDB_ARGS": BUILTIN_LOCALE,
        }
        mounts = {
            volume: {"bind": "/var/lib/postgresql", "mode": "rw"},
            str(secret): {"bind": "/run/secrets/password", "mode": "ro"},
        }
        container = bench.run("postgres", name, environment={**settings, **environment}, volumes=mounts)
        deadline = time.monotonic() + 60
        while container.exec_run("pg_isready -h 127.0.0.1").exit_code != 0:
            container.reload()
            if container.status == "exited" or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL is not ready: {container.logs().decode()}")
            time.sleep(0.2)
        return container

    return started


def asked(container: Any, sql: str, password: str = PASSWORD) -> tuple[int, str]:
    """The answer to a query over TCP, where the password counts."""
    address = container.attrs["Config"]["Hostname"]  # not loopback: that is trusted
    command = ["psql", "-h", address, "-U", "litellm", "-At", "-c", sql]
    done = container.exec_run(command, environment={"PGPASSWORD": password})
    return done.exit_code, done.output.decode().strip()


def test_a_password_of_awkward_characters_is_taken_from_its_file_and_is_the_only_one_that_works(start: Start) -> None:
    database = start("db")
    assert asked(database, "SELECT current_database(), current_user") == (0, "litellm|litellm")
    code, answer = asked(database, "SELECT 1", password=PASSWORD.rstrip("é"))
    assert code == 2
    assert "password authentication failed" in answer
    assert PASSWORD not in database.logs().decode()


def test_the_server_is_18_4_with_the_builtin_locale_run_by_uid_999_at_the_official_path(start: Start) -> None:
    database = start("db")
    query = (
        "SELECT current_setting('server_version'), datlocprovider, datlocale FROM pg_database WHERE datname='litellm'"
    )
    assert asked(database, query) == (0, "18.4|b|C.UTF-8")
    assert asked(database, "SHOW data_directory") == (0, "/var/lib/postgresql/18/docker")
    assert database.exec_run("stat -c %u:%g /var/lib/postgresql/18/docker/PG_VERSION").output == b"999:999\n"
    assert database.exec_run("stat -c %u /proc/1").output == b"999\n"


def test_the_clients_find_the_server_without_an_address(start: Start) -> None:
    database = start("db")
    for command in ("pg_isready", "psql -U litellm -c 'SELECT 1'", "pg_dump -U litellm --schema-only"):
        assert database.exec_run(["sh", "-c", command]).exit_code == 0, command


def test_it_stops_cleanly_on_the_engines_stop_and_a_new_container_goes_on_with_the_data(start: Start) -> None:
    first = start("first")
    assert asked(first, "CREATE TABLE kept AS SELECT 42 AS answer")[0] == 0
    first.stop(timeout=30)
    first.reload()
    assert first.attrs["State"]["ExitCode"] == 0
    assert "received fast shutdown request" in first.logs().decode()
    assert first.logs().decode().rstrip().endswith("database system is shut down")
    second = start("second", POSTGRES_PASSWORD_FILE="")
    assert asked(second, "SELECT answer FROM kept") == (0, "42")
    assert "database system was not properly shut down" not in second.logs().decode()


def test_without_a_password_nothing_is_made_and_the_error_says_what_to_set(bench: Any) -> None:
    code, output = bench.finish(bench.run("postgres", "db"))
    assert code == 1
    assert "Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" in output


def test_the_image_names_the_official_port_volume_signal_and_command(bench: Any) -> None:
    config = bench.client.images.get(bench.tags["postgres"]).attrs["Config"]
    assert set(config["ExposedPorts"]) == {"5432/tcp"}
    assert set(config["Volumes"]) == {"/var/lib/postgresql"}
    assert config["StopSignal"] == "SIGINT"
    assert (config["Entrypoint"], config["Cmd"]) == (["docker-entrypoint.sh"], ["postgres"])
