"""A Pulumi stack on the stand-in plugins and the real engine: what the system tests drive and look at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airgap.plugins.install import install

PROJECT = Path(__file__).parents[3]


@dataclass(frozen=True)
class PluginStack:
    """One stack with a PULUMI_HOME and state of its own.

    Attributes:
        folder: Holds program, state and plugins.
        prefix: Starts every name that the stack makes on the engine.
        image: Image of its service.
        program: The program's folder beside this file.
        settings: Environment of every run.
    """

    folder: Path
    prefix: str
    image: str
    program: str = "plugin_program"
    settings: Mapping[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Writes program and plugins, makes the empty stack."""
        if shutil.which("pulumi") is None:
            raise AssertionError("pulumi is not on PATH: run `make up` once, or put its folder on PATH")
        shutil.copytree(Path(__file__).with_name(self.program), self.folder / "program")
        (self.folder / "state").mkdir()
        (self.folder / "program" / "Pulumi.yaml").write_text("name: plugins\nruntime: python\n", encoding="utf-8")
        install(self.folder / "home", Path(sys.executable), PROJECT)
        self.pulumi("stack", "init", "test")

    def pulumi(self, *arguments: str, settings: Mapping[str, str] | None = None, fails: bool = False) -> str:
        """Runs pulumi; returns what it printed."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder / "program",
            env=self._environment(settings or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, output
        return output

    def up(self, settings: Mapping[str, str] | None = None) -> str:
        """Brings the stack up without asking."""
        return self.pulumi("up", "--yes", "--skip-preview", settings=settings)

    def exported(self) -> list[dict[str, Any]]:
        """Returns the resources in the state, secrets in clear."""
        resources: list[dict[str, Any]] = self.export()["deployment"]["resources"]
        return resources

    def export(self) -> dict[str, Any]:
        """Returns the whole state, secrets in clear."""
        document: dict[str, Any] = json.loads(self.pulumi("stack", "export", "--show-secrets"))
        return document

    def take_over(self, document: Mapping[str, Any]) -> None:
        """Puts another state, in the form of `export`, in the place of this one."""
        file = self.folder / "state.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        self.pulumi("stack", "import", "--file", str(file))

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        virtual_environment = str(Path(sys.executable).parent)
        return {
            **os.environ,
            "PATH": os.pathsep.join([virtual_environment, os.environ["PATH"]]),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PLUGINS_PREFIX": self.prefix,
            "PLUGINS_IMAGE": self.image,
            **self.settings,
            **settings,
        }
