"""A program of ours in a container that has nothing but Python: a package as Swarm configs, and how it is started.

Takes a package's folder, gives configs and command. Apart, because several services are such programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from components.service_args import ConfigFile
from components.service_files import ServiceFiles

FOLDER = "/opt/llmproxy"


def configs(files: ServiceFiles, package: Path) -> list[ConfigFile]:
    """Each module of the package as a config."""
    return [
        files.config(
            module.stem.strip("_"), module.read_text(encoding="utf-8"), f"{FOLDER}/{package.name}/{module.name}"
        )
        for module in sorted(package.glob("*.py"))
    ]


def command(package: Path) -> Sequence[str]:
    """What runs it as `python3 -m` would; the folder is named here, as an environment would need an entry point."""
    start = (
        f"import runpy, sys; sys.path.insert(0, {FOLDER!r}); runpy.run_module({package.name!r}, run_name='__main__')"
    )
    return ("python3", "-c", start)
