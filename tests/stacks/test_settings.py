"""The settings: defaults, and one clear line for each mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeGuard, get_args

import pytest
from pydantic import BaseModel  # noqa: TID251  (names any model, derives none)

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
        (
            {"postgres": {"external": {"host": "db", "prt": 1}}},
            "allowed here: caCertificate, host, port, query; did you mean 'port'?",
        ),
        ({"litellm": {"hostPort": "4000"}}, f"{PLACE}.litellm.hostPort: found '4000'; allowed: "),
        ({"litellm": {"hostPort": 70000}}, "found 70000; allowed: 65535 or less; choose a smaller one"),
        ({"postgres": {"external": {}}}, f"{PLACE}.postgres.external.host: found nothing; allowed: this"),
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
        (
            {"litellm": {"placementConstraints": ["node.labels.gpu=true"]}},
            f"{PLACE}.litellm.placementConstraints.0: found 'node.labels.gpu=true'; allowed is KEY==VALUE or KEY",
        ),
        ({"redis": {"placementConstraints": ["gpu==true"]}}, "KEY being one of node.id, node.hostname, node.ip, "),
        ({"netdata": {"resources": {"memoryLimitMib": 1}}}, "memoryLimitMib: found 1; allowed: 16 or more; choose a l"),
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


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"litellm": {"workers": "two"}}, "workers: found 'two'; allowed: a whole number; write that in its place"),
        (
            {"litellm": {"workers": "2"}},
            "workers: found '2'; allowed: a whole number; write it without quotation marks",
        ),
        ({"litellm": {"workers": 2.5}}, "workers: found 2.5; allowed: a whole number; write that in its place"),
        ({"litellm": {"workers": 0}}, "workers: found 0; allowed: 1 or more; choose a larger one"),
        ({"litellm": {"jsonLogs": "True"}}, "found 'True'; allowed: true or false; write it without quotation marks"),
        ({"litellm": {"image": 18.4}}, "image: found 18.4; allowed: a string; put it into quotation marks"),
        ({"litellm": {"image": date(2026, 1, 2)}}, "found 2026-01-02; allowed: a string; put it into quotation marks"),
        ({"litellm": {"image": ""}}, "found ''; allowed: a string that is not empty; write one, or take the line out"),
        ({"litellm": {"adopt": "x"}}, "adopt: found 'x'; allowed: a list; put it into brackets: [ ]"),
        ({"litellm": {"mode": "prod"}}, "'prod'; allowed: 'PRODUCTION' or 'DEV'; did you mean PRODUCTION?"),
        ({"litellm": {"mode": "x"}}, "mode: found 'x'; allowed: 'PRODUCTION' or 'DEV'; choose one of these"),
        ({"litellm": {"environment": {"A": 1}}}, "environment.A: found 1; allowed: a string; put it into quotation"),
        ({"litellm": {"resources": {"cpuLimit": 0}}}, "found 0; allowed: more than 0; choose a larger one"),
        ({"catalog": None}, "catalog: found nothing; allowed: an object; write what is meant below it, or take the"),
        ({"catalog": ["a"]}, "catalog: found a list; allowed: an object; write that in its place"),
    ],
)
def test_a_wrong_type_is_told_in_plain_words_with_a_remedy(document: dict[str, object], line: str) -> None:
    (found,) = problems(document)
    assert line in found


def leaves(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """The path of every setting."""
    for field in model.model_fields.values():
        below = next((kind for kind in (field.annotation, *get_args(field.annotation)) if is_model(kind)), None)
        yield (str(field.alias),)
        yield from ((str(field.alias), *rest) for rest in (leaves(below) if below else ()))


def is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


@pytest.mark.parametrize("value", [None, True, 5, -2.5, "", "text", [], [{}], {}, {"x": None}], ids=repr)
def test_whatever_stands_in_a_setting_is_taken_or_told_in_our_words(value: object) -> None:
    told = [line for path in leaves(Settings) for line in mistakes(nested(path, value))]
    assert not [line for line in told if re.search("valid|instance|[Ii]nput|greater|equal", line)]
    assert any("found" in line for line in told)


def nested(path: Sequence[str], value: object) -> object:
    for step in reversed(path):
        value = {step: value}
    return value


def mistakes(document: object) -> tuple[str, ...]:
    try:
        parse(document, place=PLACE)  # type: ignore[arg-type]  # mistakes are the point
    except SettingsError as error:
        return error.problems
    return ()


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
