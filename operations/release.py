"""The official Pulumi release: a pinned archive, downloaded, checked, unpacked.

Takes the pins (`airgap/toolchain/pins.json`) and a folder; fills the folder with the programs of the archive, or
refuses and leaves nothing. Where a sum is pinned the archive must have it; where none is, the sums that the vendor
publishes with the release are fetched over TLS, from another host than the archive, and must fit. Stdlib only.
"""

import hashlib
import http.client
import json
import os
import platform
import re
import shutil
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from airgap.toolchain.go import FOLDER
from operations.errors import RefusedDownload

# Of one read, not of the whole file: a host that goes silent is given up, a slow line is not.
SILENCE_SECONDS = 20.0
CHUNK_BYTES = 1 << 20
MACHINES = {"x86_64": "x64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Pins:
    """Which release, where it lies, and what it must be."""

    version: str
    archive: str
    checksums: str
    sha256: Mapping[str, str | None]


def read_pins(path: Path = FOLDER / "pins.json") -> Pins:
    """The pins of this clone."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return Pins(document["version"], document["archive"], document["checksums"], document["sha256"])


def this_platform() -> str:
    """This machine in the words of the release host."""
    return f"{platform.system().lower()}-{MACHINES.get(platform.machine(), platform.machine())}"


def archive_address(pins: Pins, platform_name: str) -> str:
    """Where the archive for a platform lies."""
    return pins.archive.format(version=pins.version, platform=platform_name)


def download(
    pins: Pins,
    folder: Path,
    *,
    platform_name: str,
    say: Callable[[str], None],
    silence_seconds: float = SILENCE_SECONDS,
) -> None:
    """Fills an empty folder with the programs of the release.

    Raises:
        RefusedDownload: The archive is not what was pinned, or did not come whole. The folder is then empty.
    """
    address = archive_address(pins, platform_name)
    archive = folder / "archive.tar.gz"
    try:
        wanted = pins.sha256.get(platform_name) or _published_sum(pins, address, silence_seconds)
        found = _fetch(address, archive, silence_seconds, say)
        _require_equal(found, wanted, address)
        _unpack(archive, folder, address)
    except BaseException:
        for leftover in folder.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        raise
    archive.unlink()


def _require_equal(found: str, wanted: str, address: str) -> None:
    if found != wanted:
        raise RefusedDownload(f"{address}: sha256 is {found}, allowed is {wanted}; the file was thrown away")


def _published_sum(pins: Pins, address: str, silence_seconds: float) -> str:
    sums = pins.checksums.format(version=pins.version)
    try:
        with urllib.request.urlopen(sums, timeout=silence_seconds) as answer:  # noqa: S310 - the pins name it
            text = answer.read().decode()
    except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
        raise RefusedDownload(f"{sums}: no sums to check the release with: {error}") from error
    name = re.escape(address.rsplit("/", 1)[-1])
    match = re.search(rf"^([0-9a-f]{{64}})\s+\*?(?:\./)?{name}$", text, re.MULTILINE)
    if match is None:
        raise RefusedDownload(f"{sums}: holds no sha256 for {address.rsplit('/', 1)[-1]}")
    return match[1]


def _fetch(address: str, file: Path, silence_seconds: float, say: Callable[[str], None]) -> str:
    """Downloads into a file; gives its sha256."""
    try:
        with urllib.request.urlopen(address, timeout=silence_seconds) as answer, file.open("wb") as output:  # noqa: S310
            expected = int(answer.headers.get("Content-Length", -1))
            digest, received = _copy(answer, output, expected, say)
    except (OSError, http.client.HTTPException) as error:
        raise RefusedDownload(f"{address}: the download failed: {error}") from error
    if received != expected >= 0:
        raise RefusedDownload(f"{address}: cut off after {received} of {expected} bytes")
    return digest


def _copy(
    answer: http.client.HTTPResponse, output: BinaryIO, expected: int, say: Callable[[str], None]
) -> tuple[str, int]:
    digest, received, told = hashlib.sha256(), 0, 0
    while chunk := answer.read(CHUNK_BYTES):
        output.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        tenth = 10 * received // expected if expected > 0 else 0
        if tenth > told:
            told = tenth
            say(f"downloading: {10 * tenth} %")
    return digest.hexdigest(), received


def _unpack(archive: Path, folder: Path, address: str) -> None:
    """Unpacks the programs, which the archive holds in one folder, straight into ours."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                if not member.isfile():
                    continue
                content, target = tar.extractfile(member), folder / Path(member.name).name
                if content is not None:
                    with target.open("wb") as output:
                        shutil.copyfileobj(content, output)
                    target.chmod(0o755)
    except (tarfile.TarError, EOFError) as error:
        raise RefusedDownload(f"{address}: not an archive: {error}") from error
    if not os.access(folder / "pulumi", os.X_OK):
        raise RefusedDownload(f"{address}: holds no program named pulumi")
