"""Puts the stand-in plugins where the Pulumi CLI looks for plugins.

A plugin is a folder `resource-<name>-v<version>` in `$PULUMI_HOME/plugins` with an executable in it; ours is a small
shell script that starts the Python module. The versions are the official ones, because programs ask for those.
"""

import os
import shlex
import tempfile
from pathlib import Path

from airgap.plugins.versions import VERSIONS

_SCRIPT = """#!/bin/sh
# Written by airgap/plugins/install.py: a stand-in for the official plugin.
PYTHONPATH={source} PYTHONDONTWRITEBYTECODE=1 exec {python} -P -m airgap.plugins.{name} "$@"
"""


def install(pulumi_home: Path, python: Path, source: Path) -> None:
    """Writes the three plugins; each appears whole or not at all.

    Args:
        pulumi_home: The PULUMI_HOME that gets them.
        python: Interpreter with the project's requirements.
        source: Folder that holds the package `airgap`.
    """
    for name, version in VERSIONS.items():
        folder = pulumi_home / "plugins" / f"resource-{name}-v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        script = _SCRIPT.format(source=shlex.quote(str(source)), python=shlex.quote(str(python)), name=name)
        _write_executable(folder / f"pulumi-resource-{name}", script)


def _write_executable(path: Path, content: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    Path(temporary).chmod(0o755)
    Path(temporary).replace(path)
