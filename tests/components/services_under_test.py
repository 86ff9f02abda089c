"""The arguments that the tests of the services start from, and how they look at what came of them."""

from __future__ import annotations

import base64
from typing import Any

from components.naming import SwarmStack
from components.services.database import Database
from components.services.litellm_args import LitellmArgs
from components.services.postgres import PostgresArgs
from tests.components.engine import Engine

HOST = "unix:///var/run/docker.sock"
PASSWORD = "marker p@ss/w:rd"

POSTGRES = PostgresArgs(
    stack=SwarmStack(name="llmproxy-data", project="llmproxy", environment="test"),
    image="postgres:18.4",
    database="gate way",
    user="owner",
    password=PASSWORD,
    volume_name="vol",
    internal_network_id="net-internal",
    network_ids=["net-monitoring"],
    max_connections=50,
)
LITELLM = LitellmArgs(
    stack=SwarmStack(name="llmproxy", project="llmproxy", environment="test"),
    docker_host=HOST,
    image="litellm:1",
    config_yaml="general_settings: {}\n",
    master_key="sk-marker-master",
    salt_key="sk-marker-salt",
    database=Database(host="db", port=5432, name="gate way", user="owner", password=PASSWORD, query="sslmode=require"),
    internal_network_id="net-internal",
    network_ids=["net-public"],
    environment={"LITELLM_LOG": "ERROR"},
    host_port=4000,
    workers=4,
)


def service(engine: Engine) -> dict[str, Any]:
    return engine.one("docker:index/service:Service").inputs


def container(engine: Engine) -> dict[str, Any]:
    found: dict[str, Any] = service(engine)["taskSpec"]["containerSpec"]
    return found


def config_text(engine: Engine, name: str) -> str:
    return base64.b64decode(engine.of_type("docker:index/serviceConfig:ServiceConfig")[name].inputs["data"]).decode()
