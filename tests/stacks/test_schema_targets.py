"""`make check` sees a schema that is not its model's and edits nothing; `make fix` writes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ("stacks/settings.schema.json", "catalog/catalog.schema.json")


# Each starts make and several pythons.


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The parts of a clone that the targets read, and programs that come from this environment."""
    for name in ("stacks", "components", "litellm_resources", "catalog"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", tmp_path)
    # Stands for operations.bootstrap, which would make a virtual environment first.
    bootstrap = tmp_path / "bootstrap"
    bootstrap.write_text('#!/bin/sh\nshift\nexec "$@"\n')
    bootstrap.chmod(0o755)
    return tmp_path


def make(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # Nothing of an outer make: its flags would reach this one.
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["make", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def schemas(target: str, clone: Path) -> subprocess.CompletedProcess[str]:
    return make("-s", target, "operations=@./bootstrap", folder=clone)


def test_a_schema_of_another_model_is_told_left_as_it_is_and_then_mended(clone: Path) -> None:
    right = {name: (clone / name).read_text(encoding="utf-8") for name in SCHEMAS}
    for name in SCHEMAS:
        wrong = right[name].replace('"type": "object"', '"type": "array"', 1)
        (clone / name).write_text(wrong, encoding="utf-8")
        checked = schemas("check-schemas", clone)
        assert checked.returncode != 0
        assert f"{name}: found another than the model gives; run: make fix" in checked.stderr
        assert (clone / name).read_text(encoding="utf-8") == wrong

        assert schemas("fix-schemas", clone).returncode == 0
        assert (clone / name).read_text(encoding="utf-8") == right[name]


def test_a_model_that_cannot_be_read_leaves_the_schema(clone: Path) -> None:
    schema = clone / SCHEMAS[0]
    before = schema.read_text(encoding="utf-8")
    (clone / "stacks/settings.py").write_text("raise ImportError\n", encoding="utf-8")
    assert schemas("fix-schemas", clone).returncode != 0
    assert schema.read_text(encoding="utf-8") == before
    assert sorted(path.name for path in schema.parent.glob("*.json*")) == [schema.name]


@pytest.mark.parametrize("module", ["stacks.settings_schema", "litellm_resources.resolver.schema"])
def test_check_and_fix_each_do_both_schemas(module: str) -> None:
    assert f"{module} | diff" in make("-n", "check", folder=ROOT).stdout
    assert f"{module} >" in make("-n", "fix", folder=ROOT).stdout
