"""Redis as a service, and its start-up script in a real shell: the password is on no command line."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from components.naming import SwarmStack
from components.services import redis
from components.services.redis import Redis, RedisArgs
from components.services.redis_server import CA_PATH, RedisServer
from tests.components.engine import Engine, drained
from tests.components.services_under_test import PASSWORD, config_text, container, service

ARGS = RedisArgs(
    stack=SwarmStack(name="llmproxy-data", project="llmproxy", environment="test"),
    image="redis:1",
    password=PASSWORD,
    volume_name="vol",
    network_ids=["net-internal"],
    max_memory_mib=64,
)
SERVER = "#!/bin/sh\n[ \"$*\" = 'redis-server -' ] || exit 9\ncat\n"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return drained(lambda: Redis("redis", ARGS))


def test_it_is_alone_on_the_internal_network_and_never_two_at_once(engine: Engine) -> None:
    spec = service(engine)
    assert spec["name"] == "llmproxy-data_redis"
    assert [
        network["name"] if "name" in network else network["id"] for network in spec["taskSpec"]["networksAdvanceds"]
    ]
    assert spec["updateConfig"]["order"] == "stop-first"
    assert [mount["target"] for mount in container(engine)["mounts"]] == ["/data"]


def test_its_password_is_in_a_secret_and_nowhere_else(engine: Engine) -> None:
    assert PASSWORD not in str(service(engine))
    assert PASSWORD not in config_text(engine, "redis-script")
    secret = engine.of_type("docker:index/secret:Secret")["redis-password"]
    assert secret.is_secret("data")


@pytest.mark.parametrize("password", ["plain", 'quo"te', "back\\slash", "two  blanks ", "$HOME `id` 'x'", "ümläut"])
def test_any_password_of_one_line_reaches_the_server_by_its_standard_input(password: str, tmp_path: Path) -> None:
    read = started(password, tmp_path, "port 6379", 'save ""')
    assert read.returncode == 0, read.stderr
    *lines, last = read.stdout.splitlines()
    assert lines == ["port 6379", 'save ""']
    escaped = "".join(f"\\x{byte:02x}" for byte in password.encode())
    assert last == f'requirepass "{escaped}"'


def test_a_missing_or_empty_password_is_said_and_nothing_is_started(tmp_path: Path) -> None:
    assert started("", tmp_path).returncode == 78
    (tmp_path / "password").unlink()
    ended = run_script(tmp_path)
    assert ended.returncode == 78
    assert "must be a Swarm secret" in ended.stderr


def test_litellm_gets_one_address_whose_password_stands_in_a_file() -> None:
    url = RedisServer("redis", 6379, PASSWORD).url("/run/secrets/redis-password")
    assert (url.head, url.tail) == ("redis://:", "@redis:6379/0")
    assert RedisServer("redis", 6379).open_url == "redis://redis:6379/0"


def test_with_tls_certificate_and_name_are_checked_against_the_given_authority() -> None:
    theirs = RedisServer("r.example.com", 6380, username="gateway", tls=True, ca_certificate="PEM")
    checks = "ssl_cert_reqs=required&ssl_check_hostname=True"
    assert theirs.url("/f").head == "rediss://gateway:"
    assert theirs.url("/f").tail == f"@r.example.com:6380/0?{checks}&ssl_ca_certs={CA_PATH}"
    assert replace(theirs, ca_certificate=None).open_url == f"rediss://r.example.com:6380/0?{checks}"


def started(password: str, folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    (folder / "password").write_text(password)
    return run_script(folder, *lines)


def run_script(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    server = folder / "docker-entrypoint.sh"
    server.write_text(SERVER)
    server.chmod(0o755)
    words = ["/bin/sh", "-c", redis.script(), "redis.sh", str(folder / "password"), *lines]
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=20, check=False)
