"""The mirror comes out of this machine's own source lists."""

from pathlib import Path

import pytest

from airgap.images.apt_sources import AptSource, debian_mirror, parse, source_files
from airgap.images.errors import HostError

DEB822 = """\
# a comment
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/x.gpg

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""
ONE_LINE = """\
# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] https://mirror.example/debian bookworm main contrib # ours
deb-src http://sources.example/debian bookworm main
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_deb822_list_gives_its_enabled_binary_archives(tmp_path: Path) -> None:
    assert parse(written(tmp_path, "debian.sources", DEB822)) == [
        AptSource("http://mirror.example/debian", ("bookworm", "bookworm-updates"), ("main", "contrib"))
    ]


def test_a_one_line_list_gives_its_binary_archives_without_options_and_comments(tmp_path: Path) -> None:
    assert parse(written(tmp_path, "sources.list", ONE_LINE)) == [
        AptSource("https://mirror.example/debian", ("bookworm",), ("main", "contrib"))
    ]


def test_the_main_list_is_read_before_the_parts(tmp_path: Path) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    expected = [written(tmp_path, "sources.list", ""), written(parts, "a.list", ""), written(parts, "b.sources", "")]
    written(parts, "c.list.save", "")
    assert source_files(tmp_path) == expected


def test_the_mirror_is_the_first_readable_archive_of_the_own_release() -> None:
    sources = [
        AptSource("https://other.example/nodejs", ("nodistro",), ("main",)),
        AptSource("mirror+file:/etc/apt/mirrors/debian.list", ("bookworm",), ("main",)),
        AptSource("http://security.example/debian-security", ("bookworm-security",), ("main",)),
        AptSource("http://mirror.example/debian", ("bookworm",), ("main",)),
    ]
    assert debian_mirror(sources, "bookworm") == "http://mirror.example/debian"


def test_without_a_mirror_the_error_names_the_variable_that_sets_one() -> None:
    with pytest.raises(HostError, match="Set LLMPROXY_DEBIAN_MIRROR"):
        debian_mirror([AptSource("http://mirror.example/debian", ("trixie",), ("main",))], "bookworm")
