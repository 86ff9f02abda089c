"""A release archive is taken when it is whole and what was pinned; else nothing of it is left."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations import release
from operations.errors import RefusedDownload
from operations.release import Pins
from tests.operations.release_host import ReleaseHost, archive, serving

ARCHIVE, SUMS = "/pulumi-v1.2.3-linux-x64.tar.gz", "/pulumi-1.2.3-checksums.txt"


@pytest.fixture
def host() -> Iterator[ReleaseHost]:
    with serving(ReleaseHost({ARCHIVE: archive()})) as host:
        yield host


def pins(host: ReleaseHost, sha256: str | None) -> Pins:
    return Pins(
        "1.2.3",
        host.address + "/pulumi-v{version}-{platform}.tar.gz",
        host.address + "/pulumi-{version}-checksums.txt",
        {"linux-x64": sha256},
    )


def right_sum(host: ReleaseHost) -> str:
    return hashlib.sha256(host.files[ARCHIVE]).hexdigest()


def download(host: ReleaseHost, folder: Path, sha256: str | None, silence_seconds: float = 5) -> None:
    release.download(
        pins(host, sha256), folder, platform_name="linux-x64", say=lambda _: None, silence_seconds=silence_seconds
    )


def test_the_right_archive_gives_its_programs_ready_to_run(host: ReleaseHost, tmp_path: Path) -> None:
    download(host, tmp_path, right_sum(host))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["pulumi", "pulumi-language-python"]
    assert os.access(tmp_path / "pulumi", os.X_OK)
    assert host.requests == [ARCHIVE]


def test_an_archive_with_another_sum_is_refused_and_nothing_is_left(host: ReleaseHost, tmp_path: Path) -> None:
    with pytest.raises(RefusedDownload, match=rf"sha256 is {right_sum(host)}, allowed is {'0' * 64}"):
        download(host, tmp_path, "0" * 64)

    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_is_cut_off_is_refused_and_nothing_is_left(host: ReleaseHost, tmp_path: Path) -> None:
    host.cut_off_after = 60

    with pytest.raises(RefusedDownload, match=r"cut off after 60 of \d+ bytes|IncompleteRead"):
        download(host, tmp_path, right_sum(host))

    assert list(tmp_path.iterdir()) == []


def test_a_host_that_goes_silent_is_given_up(host: ReleaseHost, tmp_path: Path) -> None:
    host.silent_seconds = 0.5

    with pytest.raises(RefusedDownload, match="timed out"):
        download(host, tmp_path, right_sum(host), silence_seconds=0.1)

    assert list(tmp_path.iterdir()) == []


def test_without_a_pinned_sum_the_published_one_decides(host: ReleaseHost, tmp_path: Path) -> None:
    host.files[SUMS] = f"{'1' * 64}  other.tar.gz\n{right_sum(host)}  {ARCHIVE[1:]}\n".encode()

    download(host, tmp_path, None)

    assert (tmp_path / "pulumi").is_file()


@pytest.mark.parametrize(
    ("sums", "reason"),
    [
        (None, "no sums to check the release with"),
        (b"", "holds no sha256 for pulumi-v1.2.3-linux-x64.tar.gz"),
        (f"{'0' * 64}  {ARCHIVE[1:]}\n".encode(), "allowed is 0{64}"),
    ],
)
def test_without_a_fitting_published_sum_an_unpinned_archive_is_refused(
    host: ReleaseHost, tmp_path: Path, sums: bytes | None, reason: str
) -> None:
    if sums is not None:
        host.files[SUMS] = sums

    with pytest.raises(RefusedDownload, match=reason):
        download(host, tmp_path, None)

    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_right_sum_that_is_no_release_is_refused(host: ReleaseHost, tmp_path: Path) -> None:
    host.files[ARCHIVE] = archive(("something-else",))

    with pytest.raises(RefusedDownload, match="holds no program named pulumi"):
        download(host, tmp_path, right_sum(host))

    assert list(tmp_path.iterdir()) == []


def test_the_pins_of_this_clone_name_the_version_that_go_would_build() -> None:
    from airgap.toolchain import build, go

    version = build.version()
    assert release.read_pins().version == version
    assert f"github.com/pulumi/pulumi/pkg/v3 v{version} " in (go.FOLDER / "cli" / "go.mod").read_text()
    assert f"pulumi=={version} " in (go.FOLDER.parents[1] / "requirements.txt").read_text()
