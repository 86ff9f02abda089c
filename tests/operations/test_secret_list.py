"""All secrets of a stack are listed by name with what is typed for each, before anything is installed or made."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from operations import secret_list
from operations.commands import secrets
from operations.home import StackHome, find_home
from operations.locations import Locations
from operations.progress import Board
from operations.secret_list import SecretList
from operations.session import Session
from stacks import secret_needs
from stacks.settings import parse
from tests.stacks.test_secret_needs import PROJECT, SETTINGS

PROVIDER = {"api_base": "https://a.example.com", "interfaces": {"openai": {"models": {"m": None}}}}
CATALOG = {"providers": {"first": PROVIDER, "second": {**PROVIDER, "api_key_of_service": "antigravity-manager"}}}
BOTH_KEYS = {"llmproxy:litellm-master-key": {"secure": "v1:x"}, "llmproxy:litellm-salt-key": {"secure": "v1:x"}}


def stack(
    folder: Path, settings: Mapping[str, Any], config: Mapping[str, object], catalog: object = CATALOG
) -> Session:
    """A clone with prod's stack file and a catalog; nothing else is there."""
    clone = folder / "clone"
    (clone / "catalog").mkdir(parents=True)
    (clone / "catalog" / "catalog.json").write_text(json.dumps(catalog))
    (clone / "catalog" / "prod.json").write_text("{}")
    document = {"config": {"llmproxy:settings": dict(settings), **config}}
    (clone / "Pulumi.prod.yaml").write_text(yaml.safe_dump(document))
    places = Locations(clone, folder / "home", folder / "cache")
    return Session(places, "prod", find_home(places, "prod"), {}, Board(Console(file=io.StringIO())))


def listed(session: Session) -> SecretList:
    return secret_list.read(session.home, session.places.clone, catalog=session.places.clone / "catalog")


def states(found: SecretList) -> dict[str, str]:
    return {each.key: each.state for each in found.secrets}


def command(found: SecretList, key: str) -> str | None:
    (one,) = [each for each in found.secrets if each.key == key]
    return one.command


@pytest.mark.parametrize("document", SETTINGS.values(), ids=SETTINGS.keys())
def test_what_is_missing_is_what_the_program_would_ask_for(tmp_path: Path, document: Mapping[str, Any]) -> None:
    session = stack(tmp_path, document, {})

    found = states(listed(session))

    needs = secret_needs.of(parse(dict(document), place="here"), PROJECT).values()
    assert {key for key, state in found.items() if state == "missing"} == {
        "litellm-api-keys:first",
        *(need.key for need in needs if need.level == "needed"),
    }
    assert {key for key, state in found.items() if state == "generated"} == {
        need.key for need in needs if need.level == "made"
    }
    assert not (tmp_path / "home").exists()


def test_each_comes_with_what_is_typed_for_it(tmp_path: Path) -> None:
    settings = {"cliProxyApi": {"enabled": True}, "netdata": {"enabled": True}}
    config = {**BOTH_KEYS, "llmproxy:redis-password": {"secure": "v1:x"}, "litellm-api-keys:old": {"secure": "v1:x"}}

    found = listed(stack(tmp_path, settings, config))

    assert [command(found, key) for key in ("llmproxy:litellm-master-key", "llmproxy:cli-proxy-api-key")] == [
        "make rotate SECRET=litellm-master-key STACK=prod",
        "make rotate SECRET=cli-proxy-api-key STACK=prod",
    ]
    assert command(found, "litellm-api-keys:first") == (
        "pulumi config set --secret litellm-api-keys:first --stack prod"
    )
    assert command(found, "llmproxy:tls-authority") == (
        "pulumi config set --secret llmproxy:tls-authority --stack prod < FILE"
    )
    assert command(found, "llmproxy:litellm-salt-key") is None
    assert {key: state for key, state in states(found).items() if state == "unused"} == {
        "llmproxy:redis-password": "unused",
        "litellm-api-keys:old": "unused",
    }
    assert command(found, "litellm-api-keys:old") == "pulumi config rm litellm-api-keys:old --stack prod"


def test_the_one_of_before_in_a_rotation_is_no_secret_that_nothing_reads(tmp_path: Path) -> None:
    config = {**BOTH_KEYS, "llmproxy:litellm-master-key-previous": {"secure": "v1:x"}}

    assert "llmproxy:litellm-master-key-previous" not in states(listed(stack(tmp_path, {}, config)))


@pytest.mark.parametrize(
    ("settings", "config", "expected"),
    [
        ({}, {}, {"litellm-api-keys:first": "missing"}),
        ({"catalog": {"skipProvidersWithoutKey": True}}, {}, {"litellm-api-keys:first": "optional"}),
        ({}, {"litellm-api-keys:first": {"secure": "v1:x"}}, {"litellm-api-keys:first": "set"}),
        # Its service is switched off, and then its own key counts.
        (
            {"catalog": {"skipProvidersWithoutKey": True}},
            {"litellm-api-keys:second": {"secure": "v1:x"}},
            {"litellm-api-keys:first": "optional", "litellm-api-keys:second": "set"},
        ),
    ],
)
def test_the_keys_of_the_catalogs_providers_are_listed_but_those_of_services(
    tmp_path: Path, settings: Mapping[str, Any], config: Mapping[str, object], expected: dict[str, str]
) -> None:
    found = states(listed(stack(tmp_path, settings, config)))

    assert {key: state for key, state in found.items() if key.startswith("litellm-api-keys:")} == expected


def test_a_generated_file_that_is_not_made_yet_has_its_keys_generated_and_one_removed_later_is_missing(
    tmp_path: Path,
) -> None:
    session = stack(tmp_path, {}, {})
    clone, home = session.places.clone, StackHome("dev", tmp_path / "home" / "llmproxy" / "dev")
    (clone / "Pulumi.dev.template.yaml").write_text((clone / "Pulumi.prod.yaml").read_text())
    (clone / "catalog" / "dev.json").write_text("{}")

    before = states(secret_list.read(home, clone, catalog=clone / "catalog"))
    home.folder.mkdir(parents=True)
    home.stack_file.write_text((clone / "Pulumi.prod.yaml").read_text())
    home.secrets_made.write_text("")
    after = states(secret_list.read(home, clone, catalog=clone / "catalog"))

    assert (before["llmproxy:litellm-salt-key"], after["llmproxy:litellm-salt-key"]) == ("generated", "missing")


def test_the_certificate_that_up_makes_for_dev_is_not_missing(tmp_path: Path) -> None:
    settings = {"traefik": {"enabled": True}, "ingress": {"certificate": "own"}}
    session = stack(tmp_path, settings, BOTH_KEYS)
    clone, home = session.places.clone, StackHome("dev", tmp_path / "home" / "llmproxy" / "dev")
    (clone / "Pulumi.dev.template.yaml").write_text((clone / "Pulumi.prod.yaml").read_text())
    (clone / "catalog" / "dev.json").write_text("{}")

    assert states(listed(session))["llmproxy:tls-key"] == "missing"
    assert states(secret_list.read(home, clone, catalog=clone / "catalog"))["llmproxy:tls-key"] == "generated"


def test_a_secret_in_clear_is_told_without_being_shown_and_a_mistake_in_the_catalog_does_not_hide_the_rest(
    tmp_path: Path,
) -> None:
    config = {**BOTH_KEYS, "llmproxy:db-password": "marker"}
    found = listed(stack(tmp_path, {}, config, {"providers": 5}))

    assert states(found)["llmproxy:db-password"] == "in clear"
    assert not found.is_complete
    assert found.problems[0].startswith("catalog/catalog.json: providers: found a number")
    told = secrets.as_text(found, "prod") + secrets.as_document(found, "prod")
    assert "marker" not in told


@pytest.mark.parametrize(
    ("config", "code"), [({**BOTH_KEYS, "litellm-api-keys:antigravity-manager": {"secure": "v1:x"}}, 0), (BOTH_KEYS, 1)]
)
def test_the_exit_code_says_whether_one_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], config: Mapping[str, object], code: int
) -> None:
    session = stack(tmp_path, {}, config)

    assert (secrets.run(session), secrets.run(session, as_json=True)) == (code, code)
    text, document = capsys.readouterr().out.split("\n{", 1)
    assert ("stack prod: has all its secrets" in text) is (code == 0)
    assert json.loads("{" + document)["isComplete"] is (code == 0)
