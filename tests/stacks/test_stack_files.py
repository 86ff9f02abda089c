"""The committed stack files: they parse, and staging differs from production only where it is meant to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from stacks.settings import Settings, parse

FILES = ["Pulumi.prod.yaml", "Pulumi.staging.yaml", "Pulumi.dev.template.yaml"]


def settings_of(name: str) -> Settings:
    document = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
    return parse(document["config"]["llmproxy:settings"], place=name)


@pytest.mark.parametrize("name", FILES)
def test_a_committed_stack_file_is_valid(name: str) -> None:
    assert settings_of(name).docker.host.startswith(("unix://", "tcp://", "ssh://"))


def mistakes_seen_by_an_editor(text: str) -> list[str]:
    """What the schema that the file's own first line names has against it."""
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named is not None
    schema = json.loads(Path(named[1]).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(yaml.safe_load(text))]


@pytest.mark.parametrize("name", FILES)
def test_an_editor_finds_no_mistake_in_a_committed_stack_file(name: str) -> None:
    assert mistakes_seen_by_an_editor(Path(name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("    litellm:", "    litelm:", "('litelm' was unexpected)"),
        ("      workers:", "      wokers:", "('wokers' was unexpected)"),
        ("      workers: ", "      workers: two # ", "'two' is not of type 'integer'"),
        ("      workers: ", "      workers: 0 # ", "0 is less than the minimum of 1"),
    ],
)
def test_an_editor_finds_a_mistake_in_the_settings(name: str, right: str, wrong: str, told: str) -> None:
    (found,) = mistakes_seen_by_an_editor(Path(name).read_text(encoding="utf-8").replace(right, wrong))
    assert told in found


def test_an_editor_takes_what_pulumi_puts_beside_the_settings() -> None:
    text = Path("Pulumi.prod.yaml").read_text(encoding="utf-8")
    secret = "  llmproxy:litellm-master-key:\n    secure: v1:ciphertext\n  litellm-api-keys:p:\n    secure: v1:other\n"
    assert mistakes_seen_by_an_editor(f"{text}{secret}encryptionsalt: v1:salt\n") == []


def test_staging_is_production_with_one_worker() -> None:
    staging, prod = settings_of("Pulumi.staging.yaml"), settings_of("Pulumi.prod.yaml")
    assert staging.litellm.workers == 1
    same = {"litellm": staging.litellm.model_copy(update={"workers": prod.litellm.workers})}
    assert staging.model_copy(update=same) == prod


def test_dev_runs_one_worker() -> None:
    assert settings_of("Pulumi.dev.template.yaml").litellm.workers == 1


def test_only_dev_skips_providers_without_a_key_and_reads_the_local_overlay() -> None:
    for name in FILES:
        catalog = settings_of(name).catalog
        is_dev = "dev" in name
        assert catalog.skip_providers_without_key is is_dev
        assert catalog.read_local_overlay is is_dev


def test_the_default_docker_provider_is_off_and_every_operation_refreshes() -> None:
    project = yaml.safe_load(Path("Pulumi.yaml").read_text(encoding="utf-8"))
    assert project["config"]["pulumi:disable-default-providers"] == ["docker"]
    assert project["options"]["refresh"] == "always"
    assert project["runtime"]["options"] == {"toolchain": "pip", "virtualenv": ".venv"}
