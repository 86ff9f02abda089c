"""Each part is had by its first choice where that is there and right, else by its fallback, and says which."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from airgap.toolchain import build as go_build
from airgap.toolchain import go
from operations import release, toolchain
from operations.internet import Internet
from operations.locations import Locations
from operations.progress import Board
from operations.release import Pins
from operations.toolchain import Workshop
from tests.operations.release_host import ReleaseHost, archive, serving

VERSION = go_build.version()
ARCHIVE = f"/pulumi-{VERSION}-{release.this_platform()}.tar.gz"

FAKE_GO = """#!/bin/sh
case "$1" in
env) echo go99.9 ;;
build) while [ "$1" != -o ]; do shift; done; echo built > "$2" ;;
list) echo {module} ;;
esac
"""


@pytest.fixture
def host() -> Iterator[ReleaseHost]:
    with serving(ReleaseHost({ARCHIVE: archive(toolchain.PROGRAMS)})) as host:
        yield host


@pytest.fixture
def go_folder(tmp_path: Path) -> Path:
    """A Go that builds in no time."""
    module = tmp_path / "module"
    for launcher in go_build.LAUNCHERS:
        file = module / "python" / launcher
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
    command = tmp_path / "go" / "go"
    command.parent.mkdir()
    command.write_text(FAKE_GO.format(module=module))
    command.chmod(0o755)
    return command.parent


class Try:
    """One call of `programs` with what it said."""

    def __init__(self, host: ReleaseHost, tmp_path: Path, go_folder: Path, sha256: str, path: str = "") -> None:
        pins = Pins(
            VERSION, host.address + "/pulumi-{version}-{platform}.tar.gz", "", {release.this_platform(): sha256}
        )
        internet = Internet((release.archive_address(pins, release.this_platform()),), 2)
        places = Locations(Path.cwd(), tmp_path / "home", tmp_path / "cache")
        environment = {"PATH": f"{path}:{go_folder}"}
        self.said = io.StringIO()
        shop = Workshop(places, Path("python"), internet, environment, pins)
        with Board(Console(file=self.said)) as board, board.part("pulumi") as part:
            self.folder = toolchain.programs(shop, part)

    @property
    def last_word(self) -> str:
        return self.said.getvalue().splitlines()[-1]


def right_sum(host: ReleaseHost) -> str:
    return hashlib.sha256(host.files[ARCHIVE]).hexdigest()


def test_the_official_release_comes_first(host: ReleaseHost, tmp_path: Path, go_folder: Path) -> None:
    tried = Try(host, tmp_path, go_folder, right_sum(host))

    assert tried.last_word == f"pulumi: {VERSION}, official release"
    assert sorted(path.name for path in tried.folder.iterdir()) == sorted(toolchain.PROGRAMS)


def test_what_the_cache_holds_is_taken_without_asking_the_host(
    host: ReleaseHost, tmp_path: Path, go_folder: Path
) -> None:
    Try(host, tmp_path, go_folder, right_sum(host))
    asked = len(host.requests)
    again = Try(host, tmp_path, go_folder, right_sum(host))

    assert again.last_word == f"pulumi: {VERSION}, official release (cached)"
    assert len(host.requests) == asked


@pytest.mark.parametrize(
    ("cut_off_after", "sha256", "reason"),
    [(None, "0" * 64, "sha256 is"), (50, None, "cut off|IncompleteRead"), (50, "0" * 64, "cut off|IncompleteRead")],
)
def test_a_refused_release_is_built_instead_and_that_is_said(
    host: ReleaseHost, tmp_path: Path, go_folder: Path, cut_off_after: int | None, sha256: str | None, reason: str
) -> None:
    host.cut_off_after = cut_off_after
    tried = Try(host, tmp_path, go_folder, sha256 or right_sum(host))

    assert tried.last_word.startswith(f"pulumi: {VERSION}, built with Go (the official release was refused: ")
    assert any(each in tried.last_word for each in reason.split("|"))
    assert not list((tmp_path / "cache" / "pulumi-release").glob("*/*"))


def test_without_a_release_host_it_is_built_and_keeps_nothing_of_the_build(
    host: ReleaseHost, tmp_path: Path, go_folder: Path
) -> None:
    host.status = 403
    tried = Try(host, tmp_path, go_folder, right_sum(host))

    assert tried.last_word == f"pulumi: {VERSION}, built with Go (no release host within reach)"
    assert sorted(path.name for path in tried.folder.iterdir()) == sorted(toolchain.PROGRAMS)


def installed(folder: Path, version: str) -> Path:
    folder.mkdir()
    for name in toolchain.PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\necho v{version}\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_very_version_on_path_is_used_as_it_is(host: ReleaseHost, tmp_path: Path, go_folder: Path) -> None:
    folder = installed(tmp_path / "usr", VERSION)
    tried = Try(host, tmp_path, go_folder, right_sum(host), path=str(folder))

    assert tried.folder == folder
    assert host.requests == []


def test_another_version_on_path_or_one_without_its_python_host_is_passed_over(tmp_path: Path) -> None:
    other, bare = installed(tmp_path / "other", "3.1.0"), installed(tmp_path / "bare", VERSION)
    (bare / "pulumi-language-python").unlink()

    assert toolchain.find_on_path(f"{other}:{bare}", VERSION, tmp_path / "cache") is None


def test_a_pulumi_out_of_our_own_cache_is_not_taken_for_the_users(tmp_path: Path) -> None:
    folder = installed(tmp_path / "bin", VERSION)

    assert toolchain.find_on_path(str(folder), VERSION, tmp_path) is None


def test_the_stand_ins_key_follows_their_sources(tmp_path: Path) -> None:
    source = tmp_path / "airgap" / "plugins"
    source.mkdir(parents=True)
    (source.parent / "__init__.py").touch()
    (source / "docker.py").write_text("1")
    before = toolchain.plugin_keys(tmp_path, Path("python"))
    (source / "docker.py").write_text("2")
    after = toolchain.plugin_keys(tmp_path, Path("python"))

    assert before[0] == after[0]
    assert before[1] != after[1]


def test_the_stand_ins_have_the_versions_that_the_sdks_ask_for() -> None:
    from airgap.plugins.versions import VERSIONS

    assert toolchain.plugin_versions() == VERSIONS


def test_the_needed_go_is_the_newest_that_a_module_asks_for() -> None:
    asked = [(module / "go.mod").read_text() for module in go.MODULES]

    assert f"go {'.'.join(map(str, go.needed_version()))}\n" in asked[0] + asked[1]
