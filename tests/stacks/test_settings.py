"""The settings: defaults, and one clear line for each mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stacks import settings_schema
from stacks.settings import Settings, parse
from stacks.settings_errors import SettingsError

PLACE = "Pulumi.dev.yaml: llmproxy:settings"


def problems(document: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        parse(document, place=PLACE)  # type: ignore[arg-type]  # mistakes are the point
    return caught.value.problems


def test_no_document_means_the_defaults() -> None:
    assert parse(None, place=PLACE) == Settings()
    assert Settings().litellm.host_port == 4000
    assert Settings().litellm.proxy_batch_write_at == 60


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"litelm": {}}, f"{PLACE}.litelm: unknown setting; allowed here: "),
        ({"litellm": {"replics": 1}}, f"{PLACE}.litellm.replics: unknown setting; allowed here: adminUrl"),
        ({"postgres": {"external": {"host": "db", "prt": 1}}}, "allowed here: host, port, query; did you mean 'port'?"),
        ({"litellm": {"hostPort": "4000"}}, f"{PLACE}.litellm.hostPort: found '4000'; allowed: "),
        ({"litellm": {"hostPort": 70000}}, "found 70000; allowed: less than or equal to 65535"),
        ({"postgres": {"external": {}}}, f"{PLACE}.postgres.external.host: allowed: field required"),
        ({"postgres": {"external": {"host": "-db.example.com"}}}, "found '-db.example.com'; allowed is a host name"),
        ({"docker": {"host": "tcp://"}}, "found 'tcp://'; allowed is unix:///path, tcp://host:port or ssh://user@host"),
        ({"litellm": {"adminUrl": "llm.example.com"}}, "allowed is a URL such as https://llm.example.com"),
        ({"litellm": {"adminUrl": "http://h:99999"}}, "found 'http://h:99999'; allowed is a port from 1 to 65535"),
        ({"docker": {"host": "tcp://h:0"}}, "found 'tcp://h:0'; allowed is a port from 1 to 65535"),
        ({"docker": {"host": "ssh://u@h:65536"}}, "found 'ssh://u@h:65536'; allowed is a port from 1 to 65535"),
        ({"namePrefix": "Dev"}, f"{PLACE}.namePrefix: found 'Dev'; allowed is empty, or small letters"),
        ({"postgres": {"user": "Admin"}}, f"{PLACE}.postgres.user: found 'Admin'; allowed is small letters"),
        ({"postgres": {"user": "pg_admin"}}, f"{PLACE}.postgres.user: found 'pg_admin'; allowed is small letters"),
        ({"postgres": {"user": "public"}}, "other than public, none and what begins with pg_"),
        ({"postgres": {"database": "template1"}}, f"{PLACE}.postgres.database: found 'template1'; allowed is small"),
        ({"litellm": {"environment": {"A": "x\ny"}}}, f"{PLACE}.litellm.environment.A: found a line break or NUL"),
        ({"litellm": {"environment": {"A": "x\0"}}}, "allowed is one line of text; write it in one line"),
        ({"litellm": {"environment": {"1A": "x"}}}, f"{PLACE}.litellm.environment.1A: found '1A'; allowed is a var"),
        ({"imageSource": "airgap", "litellm": {"environment": {"LITELLM_OFFLINE_MODE": "False"}}}, "take it out"),
        ({"litellm": {"storeModelInDb": False}}, "storeModelInDb must be true"),
        ({"litellm": {"hostPort": None}}, "set one of the two"),
        ({"litellm": {"replicas": 2}}, "a host port allows one replica a node and docker.nodes is 1"),
        (
            {"litellm": {"replicas": 3}, "docker": {"nodes": 3}},
            f"{PLACE}: replicas × workers × databaseConnectionPoolLimit = 120 connections, but",
        ),
        ({"litellm": {"workers": 10}}, "= 100 connections, but postgres.maxConnections leaves 97"),
    ],
)
def test_a_mistake_is_one_line_with_place_and_what_is_allowed(document: dict[str, object], line: str) -> None:
    (found,) = problems(document)
    assert found.startswith(PLACE)
    assert line in found


@pytest.mark.parametrize("document", ["litellm", ["litellm"], 5, False])
def test_what_is_no_object_is_one_mistake(document: object) -> None:
    (found,) = problems(document)
    assert found.startswith(f"{PLACE}: found ")


def test_a_value_of_several_lines_is_not_shown() -> None:
    (found,) = problems({"litellm": {"environment": {"KEY": "-----BEGIN\nmarker"}}})
    assert "marker" not in found


@pytest.mark.parametrize("url", ["http://h", "http://h:1", "https://h:65535/path"])
def test_a_url_is_taken_with_any_port_that_exists(url: str) -> None:
    assert parse({"litellm": {"adminUrl": url}}, place=PLACE).litellm.admin_url == url


@pytest.mark.parametrize(("user", "database"), [("pgx", "template"), ("postgres", "postgres"), ("_none", "pg_data")])
def test_names_that_only_look_like_reserved_ones_are_taken(user: str, database: str) -> None:
    assert parse({"postgres": {"user": user, "database": database}}, place=PLACE).postgres.user == user


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems({"nope": 1, "litellm": {"hostPort": "x"}, "docker": {"host": "h"}})) == 3


def test_the_nearest_name_is_offered() -> None:
    (found,) = problems({"postgres": {"maxConections": 5}})
    assert found.endswith("did you mean 'maxConnections'?")


def test_a_value_that_looks_like_a_secret_is_masked() -> None:
    (found,) = problems({"litellm": {"adminUrl": "postgres://me:secretword@db/x"}})
    assert "secretword" not in found


def test_many_connections_are_allowed_with_an_external_database() -> None:
    parsed = parse({"litellm": {"workers": 10}, "postgres": {"external": {"host": "db"}}}, place=PLACE)
    assert parsed.litellm.workers == 10


def test_more_replicas_are_allowed_with_more_nodes_or_without_a_host_port() -> None:
    assert parse({"litellm": {"replicas": 2}, "docker": {"nodes": 2}}, place=PLACE).litellm.replicas == 2
    assert (
        parse(
            {"litellm": {"replicas": 2, "hostPort": None, "adminUrl": "https://llm.example.com"}}, place=PLACE
        ).litellm.replicas
        == 2
    )


def test_every_setting_is_described() -> None:
    schema = Settings.model_json_schema(by_alias=True)
    objects = [schema, *schema["$defs"].values()]
    bare = [name for o in objects for name, field in o.get("properties", {}).items() if not field.get("description")]
    assert bare == []


def test_the_schema_file_is_current() -> None:
    committed = Path("stacks/settings.schema.json").read_text(encoding="utf-8")
    assert committed == settings_schema.render(), "run: make fix"
    json.loads(committed)
