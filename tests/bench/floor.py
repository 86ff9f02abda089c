"""The floor: a Pulumi program that does nothing, under the same CLI, Python and kind of backend as ours.

Takes a folder, the environment of one of our shells (`make env`) and a number of resources; gives a program whose
preview can be timed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.home import backend_in

PROGRAM = Path(__file__).parent / "trivial_program"
PROJECT = """name: floor
runtime: {{name: python, options: {{toolchain: pip, virtualenv: {venv}}}}}
options: {{refresh: always}}
"""
PASSPHRASE = "floor"


@dataclass(frozen=True)
class PulumiProgram:
    """A program with the environment in which its stack is chosen."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *words: str) -> str:
        """Types a pulumi command; gives what it printed.

        Raises:
            RuntimeError: It failed; the text is what it printed.
        """
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"pulumi {words[0]}: exit {done.returncode}\n{done.stdout}")
        return done.stdout


def deployed(folder: Path, environment: Mapping[str, str], resources: int) -> PulumiProgram:
    """Makes the program and its stack, with all its resources in the state."""
    shutil.copytree(PROGRAM, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "Pulumi.yaml").write_text(PROJECT.format(venv=sys.prefix), encoding="utf-8")
    (folder / "state").mkdir()
    ours = {"PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_STACK", "PULUMI_BACKEND_URL"}
    program = PulumiProgram(
        folder,
        {
            **{name: value for name, value in environment.items() if name not in ours},
            "PULUMI_BACKEND_URL": backend_in(folder / "state"),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        },
    )
    program.run("stack", "init", "floor")
    program.run("config", "set", "resources", str(resources))
    program.run("up", "--yes", "--skip-preview")
    return program


def seconds_of(action: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
