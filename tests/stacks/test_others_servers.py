"""Servers of others in the whole program: whoever is told to trust an authority's file has that file at that path."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.components.engine import Engine
from tests.edge.certificates import Authority
from tests.stacks.whole_program import SECRETS, run

DATABASE_AUTHORITY, REDIS_AUTHORITY = Authority().certificate, Authority().certificate
SETTINGS: Mapping[str, Any] = {
    "postgres": {"external": {"host": "db.example.com", "port": 6432, "caCertificate": DATABASE_AUTHORITY}},
    "redis": {
        "enabled": True,
        "external": {"host": "redis.example.com", "port": 6380, "caCertificate": REDIS_AUTHORITY},
    },
    "netdata": {"enabled": True},
    "swarmCronjob": {"enabled": True},
    "dbCleanup": {"enabled": True},
}
WITH_PASSWORDS = {**SECRETS, "llmproxy:db-password": "database-marker", "llmproxy:redis-password": "redis-marker"}
JOB, SCHEDULED_JOB = "pulumi-python:dynamic/swarm:Job", "pulumi-python:dynamic/swarm:ScheduledJob"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return run(SETTINGS, WITH_PASSWORDS)


def text(engine: Engine, config_id: str) -> str:
    name = config_id.removesuffix("-id")
    found = engine.of_type("docker:index/serviceConfig:ServiceConfig")[name]
    return base64.b64decode(found.inputs["data"]).decode()


def container_of_gateway(engine: Engine) -> Mapping[str, Any]:
    services = engine.of_type("docker:index/service:Service").values()
    (spec,) = (one.inputs["taskSpec"] for one in services if one.inputs["name"] == "llmproxy_litellm")
    container: Mapping[str, Any] = spec["containerSpec"]
    return container


def files_of_gateway(engine: Engine) -> dict[str, str]:
    """What its configs hold, by their path in the container."""
    return {file["fileName"]: text(engine, file["configId"]) for file in container_of_gateway(engine)["configs"]}


def files_of_job(engine: Engine, token: str) -> dict[str, str]:
    return {file["path"]: text(engine, file["object_id"]) for file in engine.one(token).plain("configs")}


def url(files: Mapping[str, str], variable: str) -> str:
    (line,) = (line for line in files["/etc/llmproxy/env"].splitlines() if line.startswith(f"@url {variable}="))
    return line


def path_after(option: str, words: str) -> str:
    found = re.search(rf"[?&]{option}=([^&\s]+)", words)
    assert found, words
    return found[1].replace("%2F", "/")


def test_the_gateway_and_its_migration_check_the_database_by_the_file_that_they_have(engine: Engine) -> None:
    for files in (files_of_gateway(engine), files_of_job(engine, JOB)):
        address = url(files, "DATABASE_URL")
        assert "@db.example.com:6432/llmproxy?sslmode=require&sslaccept=strict&" in address
        assert files[path_after("sslcert", address)] == DATABASE_AUTHORITY


def test_nothing_tells_when_a_database_of_others_begins_and_no_task_says_so(engine: Engine) -> None:
    ours = run({})
    assert [each["label"] for each in container_of_gateway(ours)["labels"]] == [
        "llmproxy.beginning.database",
        "llmproxy.beginning.volume",
    ]
    assert "labels" not in container_of_gateway(engine)


def test_the_clean_up_checks_the_database_by_the_file_that_it_has(engine: Engine) -> None:
    (address,) = (word for word in engine.one(SCHEDULED_JOB).plain("args") if word.startswith("--dbname="))
    assert "@db.example.com:6432/llmproxy?sslmode=verify-full&" in address
    files = files_of_job(engine, SCHEDULED_JOB)
    assert files[path_after("sslrootcert", address)] == DATABASE_AUTHORITY


def test_in_a_database_of_others_no_role_is_made_for_netdata(engine: Engine) -> None:
    assert set(engine.of_type(JOB)) == {"litellm-migrate"}


def test_the_gateway_checks_redis_by_the_file_that_it_has(engine: Engine) -> None:
    files = files_of_gateway(engine)
    address = url(files, "REDIS_URL")
    assert address.startswith("@url REDIS_URL=/run/secrets/redis-password rediss://: @redis.example.com:6380/0?")
    assert "ssl_cert_reqs=required&ssl_check_hostname=True" in address
    assert files[path_after("ssl_ca_certs", address)] == REDIS_AUTHORITY


def test_without_an_authority_no_file_is_there_and_the_query_is_as_it_was_given() -> None:
    plain: dict[str, Any] = {
        "postgres": {"external": {"host": "db.example.com"}},
        "redis": {"enabled": True, "external": {"host": "redis.example.com"}},
    }
    files = files_of_gateway(run(plain, WITH_PASSWORDS))
    assert not [path for path in files if path.endswith("-ca.pem")]
    assert url(files, "DATABASE_URL").endswith("@db.example.com:5432/llmproxy?sslmode=require")
    assert "ssl_ca_certs" not in url(files, "REDIS_URL")
    # Without one of its own the authorities of the gateway's image count.
    assert "rediss://: @redis.example.com:6379/0?ssl_cert_reqs=required" in url(files, "REDIS_URL")
