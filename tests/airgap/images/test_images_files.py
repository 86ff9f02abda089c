"""The files of the image folders: no addresses, everything locked, nothing of the host kept."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from airgap.images.table import FOLDER, load

FILES = [path for path in sorted(FOLDER.glob("*/**/*")) if path.is_file() and "__pycache__" not in path.parts]
DOCKERFILES = sorted(FOLDER.glob("*/Dockerfile"))
REQUIREMENTS = sorted(path for path in FILES if re.search(r"(requirements|dependencies|litellm)\.txt$", path.name))
NPM_LOCKS = sorted(FOLDER.rglob("package-lock.json"))
SCRIPTS = [path for path in FILES if path.suffix == ".sh"]
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted|npmjs|debian\.org|docker\.io/|ghcr\.io/(?!berriai/litellm-database\.$)|proxy\.golang"
)
URL = re.compile(r"\w+://(?!USER:PASSWORD@|engine')[^\s'\"]+")


def named(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_file_holds_the_address_of_a_registry_or_any_other(path: Path) -> None:
    text = path.read_text() if path.name != "go.sum" else ""  # names of modules begin with the host of their authors
    found = [match[0] for line in text.splitlines() for match in REGISTRIES.finditer(line)] + URL.findall(text)
    assert found == []


@pytest.mark.parametrize("path", REQUIREMENTS, ids=named)
def test_every_python_package_is_pinned_with_hashes(path: Path) -> None:
    entries = re.sub(r"\\\n", " ", path.read_text()).splitlines()
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+( +--hash=sha256:[0-9a-f]{64})+ *$", entry), entry


@pytest.mark.parametrize("path", NPM_LOCKS, ids=named)
def test_every_npm_package_is_pinned_with_a_hash_and_without_an_address(path: Path) -> None:
    packages = json.loads(path.read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    for name, package in installed.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


@pytest.mark.parametrize("path", DOCKERFILES, ids=named)
def test_every_stage_starts_from_the_base_or_an_earlier_stage(path: Path) -> None:
    sources = re.findall(r"^FROM (\S+)(?: AS (\S+))?", path.read_text(), re.MULTILINE)
    rows = [image.build_arguments for image in load().images if image.folder == path.parent.name]
    known = {"${BASE}", "${GO}"}
    for source, stage in sources:
        # A build argument may choose among the earlier stages.
        chosen = {arguments[source[2:-1]] for arguments in rows if source[2:-1] in arguments} or {source}
        assert chosen <= known
        known.add(stage)


@pytest.mark.parametrize("path", DOCKERFILES, ids=named)
def test_every_step_that_fetches_does_it_with_the_hosts_settings_as_secrets(path: Path) -> None:
    steps = re.split(r"\n(?=[A-Z]+ )", re.sub(r"\\\n", " ", path.read_text()))
    fetching = {
        "pip": re.compile(r"pip\b.* install "),
        "npm": re.compile(r"npm-cli\.js ci"),
        "go": re.compile(r"go-program "),
        "apt": re.compile(r"apt-get .* update"),
    }
    without_ca = {"apt"}  # packages are signed, the mirror needs no trust
    named_elsewhere = {"go"}  # by the variables of the image in which the step runs
    for step in steps:
        for secret, pattern in fetching.items():
            if step.startswith("RUN") and pattern.search(step):
                assert f"--mount=type=secret,id={secret}" in step
                assert secret in without_ca or "--mount=type=secret,id=ca" in step
                assert secret in named_elsewhere or f"/run/secrets/{secret}" in step


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_every_script_can_be_run_and_parsed_by_its_shell(path: Path) -> None:
    interpreter = path.read_text().splitlines()[0].rpartition("/")[2].split()[-1]
    assert path.stat().st_mode & 0o111
    assert subprocess.run([interpreter, "-n", path], capture_output=True, check=False).stderr == b""


def test_the_base_keeps_no_mirror_and_no_name_of_the_host() -> None:
    excluded = (FOLDER / "base" / "excluded.txt").read_text().split()
    assert {"./etc/apt/sources.list", "./etc/resolv.conf", "./etc/hostname", "./var/log/*"} <= set(excluded)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("go.mod")), ids=named)
def test_every_go_program_comes_with_the_sums_of_all_that_it_is_made_of(path: Path) -> None:
    required = re.findall(r"^(?:require)?\s+(\S+/\S+) (v\S+)", path.read_text(), re.MULTILINE)
    replaced = set(re.findall(r"^\s*(?:replace )?(\S+) => ", path.read_text(), re.MULTILINE))
    sums = (path.parent / "go.sum").read_text() if required else ""
    assert [
        module for module, version in required if module not in replaced and f"{module} {version}" not in sums
    ] == []


def test_go_of_the_images_is_the_one_that_pulumi_is_built_with() -> None:
    pins = [FOLDER / "go" / "requirements.txt", FOLDER.parent / "toolchain" / "go-requirements.txt"]
    assert len({path.read_text().splitlines()[-1] for path in pins}) == 1
