"""The image and the stack of the plugins' system tests; both are removed afterwards, also after a failure."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.airgap.leftovers import own_prefix, remove_all
from tests.airgap.plugins.plugin_stack import PluginStack


@pytest.fixture(scope="module")
def tiny_image(engine: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image of one static program, made without a registry."""
    prefix = own_prefix("image")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(_busybox(tmp_path_factory.mktemp("busybox")), arcname="bin/busybox")
        for command in ("sh", "sleep", "true"):
            link = tarfile.TarInfo(f"bin/{command}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    try:
        engine.api.import_image_from_data(archive.getvalue(), f"{prefix}box", "1")
        yield f"{prefix}box:1"
    finally:
        remove_all(engine, prefix)


def _busybox(folder: Path) -> Path:
    """Returns a static busybox: the host's, or the one of Debian's package, unpacked but not installed."""
    installed = shutil.which("busybox")
    if (
        installed
        and b"statically linked" in subprocess.run(["file", "-L", installed], capture_output=True, check=False).stdout
    ):
        return Path(installed)
    subprocess.run(["apt-get", "download", "busybox-static"], cwd=folder, check=True, capture_output=True)
    package = next(folder.glob("*.deb"))
    subprocess.run(["dpkg-deb", "-x", package, folder], check=True, capture_output=True)
    return folder / "bin" / "busybox"


@pytest.fixture(scope="module")
def plugin_stack(
    engine: docker.DockerClient, tiny_image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PluginStack]:
    """An empty stack; what it still holds at the end is removed, whether or not its plugins work."""
    stack = PluginStack(tmp_path_factory.mktemp("stack"), own_prefix("test"), tiny_image)
    stack.prepare()
    try:
        yield stack
    finally:
        remove_all(engine, stack.prefix)
