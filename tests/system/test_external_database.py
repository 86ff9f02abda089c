"""PostgreSQL and Redis of others: the gateway uses them, and nothing but the gateway comes and goes.

Redis speaks TLS only. PostgreSQL's build for machines without a registry knows no TLS, so that one is in clear.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from airgap.images import content, table
from tests.edge.certificates import Authority
from tests.system import installation, stack_file
from tests.system.installation import Installation, docker, free_port, named, until
from tests.system.outcome import assert_converged, one_error
from tests.system.stack_file import MASTER_KEY, SETTINGS

PASSWORD_KEY, REDIS_PASSWORD_KEY = "llmproxy:db-password", "llmproxy:redis-password"
# Everything that means something in a URL, a shell, an env file or YAML.
AWKWARD = """p@ss:w/rd%41 #?&="'$\\x é!"""
NAMES = {"database": "theirs", "user": "them"}
KEYS = 'select token, created_at from "LiteLLM_VerificationToken" order by token'
READY_SECONDS = 60.0
# Where LiteLLM asks its Redis and gives the answer; what OpenSSL says of a certificate is redis-py's error as well.
CACHE_PING = "/cache/ping"
UNTRUSTED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
LOG_SECONDS = 30.0


@dataclass(frozen=True)
class Theirs:
    """The database of others: a plain container that no Swarm stack knows.

    Attributes:
        container: Its name.
        host: The address at which the gateway's containers reach it.
        port: Likewise.
    """

    container: str
    host: str
    port: int

    def sql(self, query: str) -> str:
        names = ("-U", NAMES["user"], "-d", NAMES["database"])
        return docker("exec", self.container, "psql", "-X", "-A", "-t", *names, "-c", query)

    def answers(self) -> bool:
        ready = ["docker", "exec", self.container, "pg_isready", "-h", "127.0.0.1"]
        return subprocess.run(ready, capture_output=True, timeout=30, check=False).returncode == 0


@dataclass(frozen=True)
class TheirRedis:
    """The Redis of others, likewise; it speaks nothing but TLS."""

    container: str
    host: str
    port: int

    def ask(self, *words: str) -> str:
        login = ["sh", "-c", 'REDISCLI_AUTH="$PASSWORD" exec redis-cli --tls --cacert /tls/ca.pem "$@"', "sh"]
        return docker("exec", self.container, *login, *words)


@dataclass(frozen=True)
class Outside:
    """A gateway on the servers of others.

    Attributes:
        gateway: The installation.
        database: The database.
        redis: The Redis.
        failed: The first `make up`, with a wrong password.
    """

    gateway: Installation
    database: Theirs
    redis: TheirRedis
    failed: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory, _swept: None) -> Iterator[Outside]:
    """First with a wrong password, then with the right one."""
    made = installation.create(tmp_path_factory.mktemp("outside"), f"{os.getpid()}-ext")
    authority, tls = Authority(), tmp_path_factory.mktemp("tls")
    bridge = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", "docker_gwbridge")
    _write_certificate(authority, bridge, tls)
    with ExitStack() as cleaning:
        cleaning.callback(made.purge)
        database = cleaning.enter_context(_database_of_others(f"{made.prefix}theirs", bridge))
        redis = cleaning.enter_context(_redis_of_others(f"{made.prefix}their-redis", bridge, tls))
        made.make("env")
        external = {"host": database.host, "port": database.port, "query": "sslmode=disable"}
        over_tls = {"host": redis.host, "port": redis.port, "caCertificate": authority.certificate}
        servers = {
            "postgres": {**NAMES, "external": external},
            "redis": {"enabled": True, "external": over_tls},
        }
        stack_file.edit(made, lambda config: config[SETTINGS].update(servers))
        made.secrets({PASSWORD_KEY: "wrong", REDIS_PASSWORD_KEY: AWKWARD})
        failed = made.make("up", expect=2)
        made.secrets({PASSWORD_KEY: AWKWARD})
        made.make("up")
        yield Outside(made, database, redis, failed)


def test_a_wrong_password_is_told_in_the_databases_words_and_healed_by_the_next_up(outside: Outside) -> None:
    told = outside.failed.stderr
    assert told.count("\nerror: ") == 1
    assert f"job {outside.gateway.service('litellm')}-migrate failed" in told
    assert f'| password authentication failed for user "{NAMES["user"]}"' in told
    assert "nothing that depends on it was changed; correct the cause and run up again" in told
    assert outside.gateway.chat("hello", outside.gateway.output("virtualKey")).status_code == 200
    assert_converged(outside.gateway)


def test_the_gateway_counts_in_the_redis_of_others(outside: Outside) -> None:
    gateway = outside.gateway
    key = gateway.admin("POST", "/key/generate", {"models": ["mock-small"], "rpm_limit": 2}).json()["key"]
    statuses = [gateway.chat("mock-small", key).status_code for _ in range(4)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    assert int(outside.redis.ask("dbsize")) > 0
    assert gateway.admin("POST", "/key/delete", {"keys": [key]}).status_code == 200


def test_a_redis_with_a_certificate_of_another_authority_is_refused_and_told_and_the_gateway_serves_on(
    outside: Outside,
) -> None:
    gateway, key = outside.gateway, outside.gateway.output("virtualKey")
    assert gateway.admin("GET", CACHE_PING).status_code == 200

    with stack_file.setting(gateway, "redis.external.caCertificate", Authority().certificate):
        gateway.make("up")
        refused = gateway.admin("GET", CACHE_PING)
        assert refused.status_code == 503
        assert f"connecting to {outside.redis.host}:{outside.redis.port}. {UNTRUSTED}" in refused.text
        until(lambda: UNTRUSTED in _log(gateway), seconds=LOG_SECONDS)
        # LiteLLM takes Redis for a help only: each task then counts for itself.
        assert gateway.chat("hello", key).status_code == 200

    gateway.make("up")
    assert gateway.admin("GET", CACHE_PING).status_code == 200
    assert_converged(gateway)


def test_down_and_up_find_the_same_key_in_the_database_of_others(outside: Outside) -> None:
    gateway, key, keys = outside.gateway, outside.gateway.output("virtualKey"), outside.database.sql(KEYS)

    gateway.make("down")

    assert named("service", gateway.prefix) == []
    assert outside.database.sql(KEYS) == keys

    gateway.make("up")

    assert outside.database.sql(KEYS) == keys
    assert gateway.chat("hello", key).status_code == 200


def test_a_password_that_became_wrong_stops_the_up_and_not_the_gateway(outside: Outside) -> None:
    gateway, key = outside.gateway, outside.gateway.output("virtualKey")
    gateway.secrets({PASSWORD_KEY: "wrong"})

    failed = gateway.make("up", expect=2)

    assert f'| password authentication failed for user "{NAMES["user"]}"' in failed.stderr
    assert gateway.chat("hello", key).status_code == 200


def test_purge_leaves_the_database_of_others_alone(outside: Outside) -> None:
    keys = outside.database.sql(KEYS)

    outside.gateway.make("purge", FORCE="1")

    left = {kind: named(kind, outside.gateway.prefix) for kind in ("service", "config", "secret", "network", "volume")}
    assert left == {"service": [], "config": [], "secret": [], "network": [], "volume": []}
    assert outside.database.sql(KEYS) == keys
    assert keys


def test_an_external_database_for_a_stack_with_a_filled_volume_is_refused_and_forgets_nothing(
    gateway: Installation,
) -> None:
    def lead_away(config: stack_file.Config) -> None:
        config[SETTINGS]["postgres"] = {"external": {"host": "db.example.com"}}
        config[PASSWORD_KEY] = config[MASTER_KEY]

    with stack_file.edited(gateway, lead_away):
        told = one_error(gateway.make("up", expect=None))

    assert "postgres.external: found 'db.example.com:5432', allowed is 'none': the volume was filled under that" in told
    assert "set it back, or move the data with dump and restore" in told
    assert_converged(gateway)


def test_another_name_prefix_for_a_stack_with_a_filled_volume_is_refused(gateway: Installation) -> None:
    with stack_file.setting(gateway, "namePrefix", "systest-other-"):
        told = one_error(gateway.make("preview", expect=None))

    assert f"namePrefix: found 'systest-other-', allowed is '{gateway.prefix}': the volume was filled under" in told
    assert "set it back, or move the data with dump and restore" in told


def _log(gateway: Installation) -> str:
    """What the gateway's tasks said, on both of their outputs."""
    done = gateway.run(["docker", "service", "logs", "--raw", gateway.service("litellm")])
    return done.stdout + done.stderr


def _write_certificate(authority: Authority, address: str, folder: Path) -> None:
    """What a server on this address shows; its key is for every user of the servers' containers."""
    pair = authority.issue(address)
    for name, text in {"ca.pem": authority.certificate, "cert.pem": pair.certificate, "key.pem": pair.key}.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o644)
    folder.chmod(0o755)


@contextmanager
def _database_of_others(name: str, bridge: str) -> Iterator[Theirs]:
    """Runs PostgreSQL where every container of this node reaches it and nobody else does."""
    found = Theirs(name, bridge, free_port())
    variables = {"POSTGRES_DB": NAMES["database"], "POSTGRES_USER": NAMES["user"], "POSTGRES_PASSWORD": AWKWARD}
    options = [word for key, value in variables.items() for word in ("--env", f"{key}={value}")]
    with _container(name, "postgres", ["--publish", f"{bridge}:{found.port}:5432", *options]):
        until(found.answers, seconds=READY_SECONDS)
        yield found


@contextmanager
def _redis_of_others(name: str, bridge: str, tls: Path) -> Iterator[TheirRedis]:
    """Runs Redis likewise, with the certificate that lies in the folder."""
    found = TheirRedis(name, bridge, free_port())
    files = "--tls-cert-file /tls/cert.pem --tls-key-file /tls/key.pem --tls-ca-cert-file /tls/ca.pem"
    line = f'exec redis-server --port 0 --tls-port 6379 {files} --tls-auth-clients no --requirepass "$PASSWORD"'
    options = ["--publish", f"{bridge}:{found.port}:6379", "--env", f"PASSWORD={AWKWARD}", "--volume", f"{tls}:/tls:ro"]
    with _container(name, "redis", [*options, "--entrypoint", "sh"], "-c", line):
        yield found


@contextmanager
def _container(name: str, image: str, options: Sequence[str], *words: str) -> Iterator[None]:
    (row,) = (row for row in table.load().defaults() if row.name == image)
    docker("run", "--detach", "--name", name, *options, content.image_tag(row), *words)
    try:
        yield
    finally:
        docker("rm", "--force", "--volumes", name)
