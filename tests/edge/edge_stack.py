"""A Pulumi stack of the ingress on the stand-in plugins and the real engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from airgap.plugins.install import install

PROJECT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SECRETS = {"litellm-master-key": "sk-edge-master", "litellm-salt-key": "sk-edge-salt"}


@dataclass(frozen=True)
class EdgeStack:
    """One stack with a PULUMI_HOME and state of its own, in a folder."""

    folder: Path

    def prepare(self) -> None:
        """Writes program and plugins, makes the empty stack."""
        if shutil.which("pulumi") is None:
            raise AssertionError("pulumi is not on PATH: run `make up` once, or put its folder on PATH")
        program = self.folder / "program"
        shutil.copytree(HERE / "edge_program", program, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HERE / "echo.py", program)
        (program / "Pulumi.yaml").write_text("name: llmproxy\nruntime: python\n")
        (self.folder / "state").mkdir()
        install(self.folder / "home", Path(sys.executable), PROJECT)
        self.pulumi("stack", "init", "test")

    def configure(self, settings: Mapping[str, object], secrets: Mapping[str, str]) -> None:
        """Writes settings and secrets of the stack."""
        self.pulumi("config", "set", "llmproxy:settings", json.dumps(settings))
        for name, value in {**SECRETS, **secrets}.items():
            self.pulumi("config", "set", "--secret", name, typed=value)

    def up(self) -> str:
        """Brings the stack up without asking."""
        return self.pulumi("up", "--yes", "--skip-preview", "--refresh")

    def pulumi(self, *arguments: str, typed: str = "") -> str:
        """Runs pulumi; gives what it printed."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder / "program",
            env=self._environment(),
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": str(PROJECT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
