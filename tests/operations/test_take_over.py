"""The command shows by name what it would take over, and changes nothing until somebody agrees."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from operations.commands import take_over
from operations.errors import OperationsError
from operations.home import StackHome, find_home
from operations.locations import Locations
from operations.moving.plan import Step
from operations.progress import Board
from operations.pulumi_process import Pulumi
from operations.session import Session
from operations.toolchain import Toolchain


def session(folder: Path, env: str, settings: Mapping[str, Any] | None = None, **local: Any) -> Session:
    """A clone with prod's stack file and catalog, and the original beside it."""
    clone, original = folder / "clone", folder / "original"
    (clone / "catalog").mkdir(parents=True)
    (clone / "catalog" / "catalog.json").write_text('{"aliases": {}}')
    (clone / "catalog" / "prod.json").write_text("{}")
    (clone / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": {"llmproxy:settings": dict(settings or {})}}))
    (original / "litellm_scripts").mkdir(parents=True)
    (original / ".env").write_text(env)
    if local:
        (original / "litellm_scripts" / "config.local.json").write_text(json.dumps(local))
    places = Locations(clone, folder / "home", folder / "cache")
    return Session(places, "prod", find_home(places, "prod"), {}, Board(Console(file=io.StringIO())))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_without_a_person_to_ask_it_shows_what_it_would_do_and_does_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = "DB_PASSWORD=marker\nLITELLM_HOST=llm.example.com\n"
    typed = session(tmp_path, env, providers={"a": {"api_key": "marker"}})
    before = files_of(tmp_path)

    with pytest.raises(OperationsError, match=r"nothing was changed; .* FORCE=1"):
        take_over.run(typed, origin=str(tmp_path / "original"))

    shown = capsys.readouterr().out
    assert [line.split(" (")[0].split()[-1] for line in shown.splitlines()] == [
        "DB_PASSWORD",
        "LITELLM_HOST",
        "providers.a.api_key",
    ]
    assert "marker" not in shown
    assert files_of(tmp_path) == before
    assert not (tmp_path / "home").exists()


def test_where_all_is_there_nothing_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = session(tmp_path, "DB_USER=litellm\nPORTAINER_URL=x\n", {"postgres": {"user": "litellm"}})

    assert take_over.run(typed, origin=str(tmp_path / "original")) == 0
    assert capsys.readouterr().out.endswith("nothing was changed: all that is to be taken is there already\n")


@pytest.mark.parametrize(
    ("env", "settings", "local", "words"),
    [
        ("DB_USER=litellm", {"postgres": {"user": "another"}}, {}, "other values for DB_USER (postgres.user);"),
        ("DB_USER=Not Allowed", {}, {}, "llmproxy:settings.postgres.user: found 'Not Allowed'; allowed is"),
        ("DB_CLEANUP_RETENTION_DAYS=many", {}, {}, "dbCleanup.retentionDays: found 'many'; allowed: a whole number"),
        ("DB_PASSWORD='mar\nker'", {}, {}, "DB_PASSWORD (.env): it holds a line break or NUL; allowed is one line"),
        ("A=1", {}, {"providers": {"a": {"api_key": 1}}}, "config.local.json: providers.a.api_key: found a number;"),
    ],
)
def test_what_cannot_be_put_in_is_refused_before_anything_is_changed(
    tmp_path: Path, env: str, settings: Mapping[str, Any], local: Mapping[str, Any], words: str
) -> None:
    typed = session(tmp_path, env, settings, **local)

    with pytest.raises(OperationsError) as told:
        take_over.run(typed, origin=str(tmp_path / "original"), force=True)

    assert words in str(told.value)
    assert "mar" not in str(told.value)
    assert not (tmp_path / "home").exists()


@dataclass(frozen=True)
class Recording(Pulumi):
    """A pulumi that writes down what it is asked, and has this config."""

    config: Mapping[str, str] = field(default_factory=dict)
    arguments: list[tuple[str, ...]] = field(default_factory=list)
    given: list[str | None] = field(default_factory=list)

    def ask(self, *arguments: str, secret: str | None = None) -> str:
        self.arguments.append(arguments)
        self.given.append(secret)
        return json.dumps({key: {"value": value, "secret": True} for key, value in self.config.items()})


def recording(config: Mapping[str, str] | None = None) -> Recording:
    here = Path("/nowhere")
    toolchain = Toolchain(here, here, has_stand_ins=True)
    return Recording(Locations(here, here, here), StackHome("prod", here), toolchain, {}, config or {})


def test_a_secret_goes_in_through_the_input_and_settings_all_at_once() -> None:
    pulumi = recording()

    take_over.put_in(
        pulumi,
        [
            Step("DB_USER", (), "new", "", path="postgres.user", value="litellm"),
            Step("DB_PASSWORD", (), "new", "", key="llmproxy:db-password", value="marker"),
            Step("DAYS", (), "new", "", path="dbCleanup.retentionDays", value=60),
        ],
    )

    assert pulumi.arguments == [
        ("config", "set", "--secret", "llmproxy:db-password"),
        (
            *("config", "set-all", "--path"),
            *("--plaintext", "llmproxy:settings.postgres.user=litellm"),
            *("--plaintext", "llmproxy:settings.dbCleanup.retentionDays=60"),
        ),
    ]
    assert pulumi.given == ["marker", None]


def test_only_the_values_that_are_asked_for_are_taken_from_the_config() -> None:
    found = take_over.values_of(recording({"llmproxy:a": "1", "llmproxy:b": "2"}), ["llmproxy:a", "llmproxy:c"])

    assert found == {"llmproxy:a": "1"}
