"""The base image: Debian's own packages, unpacked by debootstrap and imported as one layer.

Takes the packages and exclusions of the folder base/, gives an image that names no mirror and holds nothing of this
host. Apart from the other images because no Dockerfile can start without a base.
"""

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from airgap.images import apt_sources
from airgap.images.content import BASE_FOLDER, BASE_SUITE
from airgap.images.engine import Engine, cause, run_logged
from airgap.images.errors import HostError, ImageBuildError
from airgap.images.table import FOLDER


def make(engine: Engine, tag: str, workspace: Path, log: Path, progress: Callable[[str], None]) -> None:
    """Makes the base image; needs root.

    Raises:
        HostError: debootstrap, root or a mirror is missing.
        ImageBuildError: debootstrap or the import failed.
    """
    debootstrap = _debootstrap()
    address = mirror()
    packages = ",".join((FOLDER / BASE_FOLDER / "packages.txt").read_text(encoding="utf-8").split())
    # a mount name space of its own: what debootstrap mounts in the tree ends with it, also when it is killed
    command = ["unshare", "--mount", debootstrap, "--variant=minbase", f"--include={packages}", BASE_SUITE]
    with tempfile.TemporaryDirectory(prefix="base-", dir=workspace) as folder:
        tree = Path(folder) / "tree"
        progress(f"Debian {BASE_SUITE} from this machine's mirror")
        if run_logged([*command, str(tree), address], log, _milestones(progress), _proxy()) != 0:
            raise ImageBuildError(f"{tag}: debootstrap failed: {cause(log)}. The whole output: {log}")
        progress("importing")
        engine.import_tree(tree, FOLDER / BASE_FOLDER / "excluded.txt", tag, log)


def _debootstrap() -> str:
    command = shutil.which("debootstrap")
    if command is None:
        raise HostError("debootstrap: not found; the base image is made with it. Run: apt-get install debootstrap")
    if os.geteuid() != 0:
        raise HostError("base image: debootstrap needs root. Run the command as root.")
    return command


def mirror() -> str:
    """The Debian mirror that images are built from: the one named in the environment, else this machine's own.

    Raises:
        HostError: This machine is no Debian and none is named, or its own cannot be read.
    """
    named = os.environ.get(apt_sources.MIRROR_VARIABLE)
    if named:
        return named
    release = platform.freedesktop_os_release()
    if release.get("ID") != "debian":
        raise HostError(
            f"base image: this machine is {release.get('ID')}, whose archive has no Debian {BASE_SUITE}. "
            f"Set {apt_sources.MIRROR_VARIABLE} to the address of a Debian mirror."
        )
    sources = [source for path in apt_sources.source_files() for source in apt_sources.parse(path)]
    return apt_sources.debian_mirror(sources, release.get("VERSION_CODENAME", BASE_SUITE))


def _proxy() -> dict[str, str]:
    """debootstrap reads the environment only; apt's own proxy setting is handed to it."""
    shell = subprocess.run(
        ["apt-config", "shell", "PROXY", "Acquire::http::Proxy"], capture_output=True, text=True, check=False
    )
    value = shell.stdout.strip().removeprefix("PROXY=").strip("'")
    return {"http_proxy": value} if value and "http_proxy" not in os.environ else {}


def _milestones(progress: Callable[[str], None]) -> Callable[[str], None]:
    """Of debootstrap's hundreds of lines, those that begin a stage."""
    stages = ("Retrieving Release", "Validating", "Extracting", "Installing core", "Configuring")
    seen: set[str] = set()

    def on_line(line: str) -> None:
        stage = next((stage for stage in stages if stage in line), None)
        if stage is not None and stage not in seen:
            seen.add(stage)
            progress(line.removeprefix("I: "))

    return on_line
