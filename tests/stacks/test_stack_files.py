"""The committed stack files: they parse, and staging differs from production only where it is meant to."""

from __future__ import annotations

from pathlib import Path

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
