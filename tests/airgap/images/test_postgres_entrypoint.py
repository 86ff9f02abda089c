"""The entry point of the PostgreSQL image, function by function, with stand-ins for PostgreSQL's programs."""

import os
import subprocess
from pathlib import Path

import pytest

from airgap.images.table import FOLDER

SCRIPT = FOLDER / "postgres" / "docker-entrypoint.sh"
AWKWARD = "p@s:s/w#rd %'\"\\ x$é"


def run(code: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs code after the script's functions are defined; its main program does not run then."""
    settings = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PGDATA": str(folder / "data"), **environment}
    return subprocess.run(
        ["bash", "-c", f'. "$0"\n{code}', str(SCRIPT)], env=settings, capture_output=True, text=True, check=False
    )


def stand_in(folder: Path, name: str, code: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{code}\n")
    (folder / name).chmod(0o755)


def test_a_setting_comes_from_the_file_that_its_file_variable_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(AWKWARD)
    done = run("read_setting A; printf %s \"$A\"; env | grep -c '^A_FILE=' ", tmp_path, A_FILE=str(secret))
    assert done.stdout == f"{AWKWARD}0\n"


def test_a_setting_that_is_not_given_has_its_default(tmp_path: Path) -> None:
    assert run('read_settings; echo "$POSTGRES_USER $POSTGRES_DB"', tmp_path).stdout == "postgres postgres\n"
    assert run('read_settings; echo "$POSTGRES_DB"', tmp_path, POSTGRES_USER="u").stdout == "u\n"


def test_a_setting_given_twice_is_refused_without_its_value(tmp_path: Path) -> None:
    done = run("read_setting A", tmp_path, A="sk-x", A_FILE="/f")
    assert done.returncode == 1
    assert "A and A_FILE are both set" in done.stderr
    assert "sk-x" not in done.stderr


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    done = run("read_setting A", tmp_path, A_FILE=str(tmp_path / "absent"))
    assert done.returncode == 1
    assert f"cannot read {tmp_path / 'absent'}" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("postgres", "yes"),
        ("postgres -c max_connections=300", "yes"),
        ("postgres --version", "no"),
        ("postgres -C port", "no"),
        ("psql", "no"),
        ("", "no"),
    ],
)
def test_only_a_command_that_starts_a_server_makes_a_cluster(tmp_path: Path, arguments: str, answer: str) -> None:
    assert run(f"wants_server {arguments} && echo yes || echo no", tmp_path).stdout == f"{answer}\n"


def test_any_other_command_is_run_as_it_is(tmp_path: Path) -> None:
    assert run("main echo a 'b c'", tmp_path).stdout == "a b c\n"


def test_a_first_start_without_a_password_is_refused(tmp_path: Path) -> None:
    done = run("read_settings; check_password", tmp_path)
    assert done.returncode == 1
    assert "Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" in done.stderr


def test_trust_needs_no_password(tmp_path: Path) -> None:
    assert run("read_settings; check_password", tmp_path, POSTGRES_HOST_AUTH_METHOD="trust").returncode == 0


def test_initdb_gets_the_password_on_its_input_and_never_as_an_argument(tmp_path: Path) -> None:
    stand_in(tmp_path, "initdb", 'printf "%s\\n" "$@"; echo input; cat')
    done = run(
        "read_settings; make_cluster",
        tmp_path,
        POSTGRES_PASSWORD=AWKWARD,
        POSTGRES_USER="u",
        POSTGRES_INITDB_ARGS="--locale-provider=builtin '--set=a=b c'",
    )
    arguments, _, given = done.stdout.partition("input\n")
    assert arguments.splitlines() == [
        "--username=u",
        "--set=listen_addresses=*",
        "--set=unix_socket_directories=/var/run/postgresql, /tmp",
        "--pwfile=/dev/stdin",
        "--locale-provider=builtin",
        "--set=a=b c",
    ]
    assert given == f"{AWKWARD}\n"


def test_remote_logins_use_the_servers_own_password_method(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    stand_in(tmp_path, "postgres", 'echo "scram-sha-256"')
    run("read_settings; allow_remote_logins postgres", tmp_path)
    assert (tmp_path / "data" / "pg_hba.conf").read_text() == "\nhost all all all scram-sha-256\n"


def test_init_files_run_in_order_each_in_its_way_and_others_are_named(tmp_path: Path) -> None:
    scripts = tmp_path / "init"
    scripts.mkdir()
    (scripts / "1.sql").write_text("")
    (scripts / "2.sh").write_text('echo "sourced as $POSTGRES_USER"\n')
    (scripts / "3.txt").write_text("")
    stand_in(tmp_path, "psql", 'echo "psql $*"')
    done = run("read_settings; run_init_files", tmp_path, INIT_DIRECTORY=str(scripts), POSTGRES_USER="u")
    assert done.stdout.splitlines() == [
        f"psql -v ON_ERROR_STOP=1 --no-psqlrc --username=u --no-password --dbname=u --file={scripts}/1.sql",
        "sourced as u",
    ]
    assert f"ignoring {scripts}/3.txt" in done.stderr


def test_an_empty_init_folder_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "init").mkdir()
    done = run("read_settings; run_init_files", tmp_path, INIT_DIRECTORY=str(tmp_path / "init"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_failing_init_file_fails_the_start(tmp_path: Path) -> None:
    scripts = tmp_path / "init"
    scripts.mkdir()
    (scripts / "1.sql").write_text("")
    stand_in(tmp_path, "psql", "exit 3")
    assert run("read_settings; run_init_files", tmp_path, INIT_DIRECTORY=str(scripts)).returncode == 3
