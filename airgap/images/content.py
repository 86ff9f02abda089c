"""The tag of an image: its true version and a hash of everything that it is built from.

Pure but for reading the image folders: the tag is known without an engine, so a program can name an image that is
still to be built, and an image whose folder changed has another tag (a changed image is a changed service).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from airgap.images.table import FOLDER, Image

REPOSITORY = "llmproxy-airgap"
BASE_SUITE = "bookworm"
BASE_FOLDER = "base"
GO_FOLDER = "go"
VERSIONS = "versions"  # in an image folder: one folder a version, of which an image is built from its own only
_HASH_LENGTH = 12


def base_tag(root: Path = FOLDER) -> str:
    """The full tag of the image that all others start from."""
    digest = _digest(root / BASE_FOLDER, version=None, more={"suite": BASE_SUITE})
    return f"{REPOSITORY}/{BASE_FOLDER}:{BASE_SUITE}-{digest}"


def go_tag(root: Path = FOLDER) -> str:
    """The full tag of the image that Go programs are built in; it is in none that runs."""
    digest = _digest(root / GO_FOLDER, version=None, more={"base": base_tag(root)})
    return f"{REPOSITORY}/{GO_FOLDER}:{BASE_SUITE}-{digest}"


def has_go_program(image: Image, root: Path = FOLDER) -> bool:
    """Whether the image's Dockerfile has a stage that starts from the Go toolchain: it asks by `ARG GO`."""
    text = (root / image.folder / "Dockerfile").read_text(encoding="utf-8")
    return re.search(r"^ARG GO$", text, re.MULTILINE) is not None


def image_tag(image: Image, root: Path = FOLDER) -> str:
    """The full tag of an image, for instance `llmproxy-airgap/postgres:18.4-0123456789ab`."""
    go = {"go": go_tag(root)} if has_go_program(image, root) else {}
    more = {"base": base_tag(root), **go, **image.build_arguments}
    return f"{REPOSITORY}/{image.name}:{image.version}-{_digest(root / image.folder, image.version, more)}"


def _digest(folder: Path, version: str | None, more: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for path in _files(folder, version):
        mode = "x" if path.stat().st_mode & 0o100 else "-"
        _add(digest, path.relative_to(folder).as_posix(), mode, path.read_bytes())
    for name in sorted(more):
        _add(digest, name, "=", more[name].encode())
    return digest.hexdigest()[:_HASH_LENGTH]


def _add(digest: "hashlib._Hash", name: str, mode: str, content: bytes) -> None:
    # lengths before texts: no two different lists of files give the same stream
    digest.update(f"{mode} {len(name)} {name} {len(content)}\n".encode())
    digest.update(content)


def _files(folder: Path, version: str | None) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_other_version = parts[0] == VERSIONS and parts[1:2] != (version,)
        is_byproduct = "__pycache__" in parts  # of a test that imported a program of the folder
        if path.is_file() and not is_other_version and not is_byproduct:
            yield path
