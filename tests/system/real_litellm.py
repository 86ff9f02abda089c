"""Real LiteLLMs without an installation: plain containers beside one PostgreSQL, on a network of their own.

Takes a version and a number of worker processes; gives a `Server` on a database of its own, migrated by the version
itself and configured as our stacks are. `make up` would bring up one version, in a minute more. All names carry the
process, so that what a killed suite left is swept (`tests/airgap/leftovers.py`).
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import docker
import pytest
import requests

from components.services.litellm_migration import MIGRATE
from stacks.litellm_config import config_yaml, environment
from stacks.settings_litellm import Litellm
from tests.airgap.bench import Bench, built
from tests.airgap.leftovers import own_prefix, remove_all, remove_ownerless
from tests.system.litellm_stack import Server
from tests.system.round_robin import balanced
from tests.system.versions import GIVEN, MASTER_KEY, PSQL, URL, VERSIONS

START_SECONDS = 300
STOP_SECONDS = 5
# Of 1024: on a busy machine other tests come first, some of which look at the clock. With fewer a poll of 1.81.12 takes
# seconds, and what is written meanwhile is missing in its memory until the next one.
CPU_SHARES = 512


Restart = Callable[[Litellm], None]


class RealLitellms:
    """The servers of one test session, each started when it is first asked for."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._bench = bench
        self._folder = folder
        self._config = folder / "litellm.yaml"
        self._config.write_text(config_yaml(Litellm()))
        self._database: Any = None
        self._own = count(1)
        self._shared: dict[str, Server] = {}

    def shared(self, version: str) -> Server:
        """The one server of a version that all tests use, emptied."""
        if version not in self._shared:
            self._shared[version] = _given() if version == GIVEN else self._started(version, version, 1)[0]
        self._shared[version].clear()
        return self._shared[version]

    @contextmanager
    def with_workers(self, version: str, number: int) -> Iterator[Server]:
        """A server of so many worker processes, gone afterwards: each takes half a gigabyte."""
        if version == GIVEN:
            yield _given()
            return
        server, container = self._started(version, f"{version}-workers-{next(self._own)}", number)
        try:
            yield server
        finally:
            container.remove(force=True, v=True)

    @contextmanager
    def with_replicas(self, version: str, number: int) -> Iterator[Server]:
        """So many servers of one worker each on one database, behind one address; gone afterwards."""
        if version == GIVEN:
            yield _given()
            return
        name = f"{version}-replicas-{next(self._own)}"
        address, master_key = self._migrated(version, name), _new_key()
        made = [self._run(version, f"{name}-{each}", 1, address, master_key) for each in range(number)]
        try:
            with balanced([self._url(container) for container in made]) as url:
                yield Server(url, master_key, self._asked(_database_name(name)))
        finally:
            for container in made:
                container.remove(force=True, v=True)

    @contextmanager
    def with_file(self, version: str, settings: Litellm) -> Iterator[tuple[Server, Restart]]:
        """A server of these settings, gone afterwards, and what restarts it on others."""
        if version == GIVEN:
            pytest.skip("the file of a server of others is not ours to change")
        number = next(self._own)
        file = self._folder / f"litellm-{number}.yaml"
        file.write_text(config_yaml(settings))
        server, container = self._started(version, f"{version}-file-{number}", 1, file)

        def restart(other: Litellm) -> None:
            file.write_text(config_yaml(other))
            container.restart(timeout=STOP_SECONDS)
            server.url = self._url(container)
            self._wait_until_ready(version, container, server.master_key)

        try:
            yield server, restart
        finally:
            container.remove(force=True, v=True)

    def _started(self, version: str, name: str, workers: int, file: Path | None = None) -> tuple[Server, Any]:
        master_key = _new_key()
        gateway = self._run(version, name, workers, self._migrated(version, name), master_key, file)
        return Server(self._url(gateway), master_key, self._asked(_database_name(name))), gateway

    def _run(
        self, version: str, name: str, workers: int, database_url: str, master_key: str, file: Path | None = None
    ) -> Any:
        """A container that is ready."""
        variables = {
            **environment(Litellm(), offline=True),
            "DATABASE_URL": database_url,
            "LITELLM_MASTER_KEY": master_key,
            "LITELLM_SALT_KEY": "sk-salt",
            "DISABLE_SCHEMA_UPDATE": "true",
        }
        gateway = self._bench.run(
            _image(version),
            name,
            ["--config", "/app/config.yaml", "--port", "4000", "--num_workers", str(workers)],
            environment=variables,
            cpu_shares=CPU_SHARES,
            volumes={str(file or self._config): {"bind": "/app/config.yaml", "mode": "ro"}},
        )
        self._wait_until_ready(version, gateway, master_key)
        return gateway

    def _url(self, gateway: Any) -> str:
        return f"http://{self._bench.address(gateway)}:4000"

    def _wait_until_ready(self, version: str, gateway: Any, master_key: str) -> None:
        server = Server(self._url(gateway), master_key)
        deadline = time.monotonic() + START_SECONDS
        while not _ready(server):
            gateway.reload()
            if gateway.status == "exited" or time.monotonic() > deadline:
                raise AssertionError(f"LiteLLM {version} is not ready: {gateway.logs(tail=40).decode()}")
            time.sleep(0.3)

    def _migrated(self, version: str, name: str) -> str:
        """The address of a new database with the version's tables."""
        if self._database is None:
            self._database = self._started_database()
        database = _database_name(name)
        words = ["psql", "-q", "-U", "litellm", "-d", "postgres", "-c", f"CREATE DATABASE {database}"]
        made = self._database.exec_run(words)
        assert made.exit_code == 0, made.output
        address = f"postgresql://litellm:litellm@db:5432/{database}"
        job = self._bench.run(
            _image(version), f"{name}-job", [MIGRATE], entrypoint=["sh", "-c"], environment={"DATABASE_URL": address}
        )
        code, output = self._bench.finish(job)
        assert code == 0, output
        return address

    def _asked(self, database: str) -> Callable[[str], str]:
        def psql(query: str) -> str:
            words = ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-U", "litellm", "-d", database, "-c", query]
            done = self._database.exec_run(words)
            assert done.exit_code == 0, done.output
            return str(done.output.decode())

        return psql

    def _started_database(self) -> Any:
        # Four workers of two versions open some hundred connections. Nobody needs the data after a power cut.
        command = ["postgres", "-c", "max_connections=400", "-c", "fsync=off"]
        user = {"POSTGRES_USER": "litellm", "POSTGRES_PASSWORD": "litellm"}
        database = self._bench.run("postgres", "db", command, environment=user)
        deadline = time.monotonic() + START_SECONDS
        while database.exec_run("pg_isready -h 127.0.0.1").exit_code != 0:
            if time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL is not ready: {database.logs().decode()}")
            time.sleep(0.2)
        return database


@contextmanager
def real_litellms(folder: Path) -> Iterator[RealLitellms]:
    """Both versions for one test session; the engine and the images are touched when a version is asked for."""
    if GIVEN in VERSIONS:
        yield RealLitellms(Bench(None, "", {}), folder)
        return
    engine = docker.from_env()
    prefix = own_prefix("litellm")
    try:
        remove_ownerless(engine)
        bench = Bench(engine, f"{prefix}test", built("postgres", *map(_image, VERSIONS)))
        engine.networks.create(bench.name)
        yield RealLitellms(bench, folder)
    finally:
        remove_all(engine, prefix)
        engine.close()


def _given() -> Server:
    words = shlex.split(os.environ.get(PSQL, ""))

    def psql(query: str) -> str:
        return subprocess.run([*words, query], check=True, capture_output=True, text=True).stdout

    return Server(os.environ[URL].rstrip("/"), os.environ[MASTER_KEY], psql if words else None)


def _new_key() -> str:
    return f"sk-{uuid.uuid4().hex}"  # 1.109.1 refuses keys that stand in a guide


def _database_name(name: str) -> str:
    return f"litellm_{name}".replace(".", "_").replace("-", "_")


def _image(version: str) -> str:
    """Its name in the table of images."""
    return f"litellm:{version}"


def _ready(server: Server) -> bool:
    try:
        answer = server.raw("GET", "/health/readiness")
    except requests.exceptions.ConnectionError:
        return False
    return bool(answer.ok and answer.json().get("db") == "connected")
