"""The builder: what it builds, when it does not, and what it says when it fails; on an engine that is played."""

import os
import tarfile
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from airgap.images.build import build, main
from airgap.images.content import base_tag, go_tag, image_tag
from airgap.images.engine import Engine, cause, find_docker
from airgap.images.errors import HostError, ImageBuildError, ImagesError, ImageTableError
from airgap.images.table import load

# A docker command that plays an engine: it keeps its images as files and records how it was called.
FAKE_DOCKER = """\
#!/bin/sh
# usage as docker's; the state is in the folder above this script
state=$(dirname "$(dirname "$0")")
echo "$@" >>"$state/calls"
case "$*" in
  "version --format"*) echo "${FAKE_VERSION:-20.10.24}" ;;
  "buildx version") exit "${FAKE_BUILDX:-1}" ;;
  *"image inspect"*)
    [ -z "$FAKE_DOWN" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
    for tag in "$@"; do :; done
    [ -e "$state/images/$(echo "$tag" | tr / _)" ] || { echo "Error: No such image: $tag" >&2; exit 1; }
    ;;
  *" build "*)
    [ -z "$FAKE_SLOW" ] || sleep 0.3
    [ "$DOCKER_BUILDKIT" = 1 ] || { echo "not BuildKit"; exit 1; }
    echo '#5 [wheel 2/4] RUN something'
    echo '#5 0.123 what the step printed'
    if [ -n "$FAKE_FAILS" ]; then echo "executor failed running"; exit 1; fi
    for word in "$@"; do
      case $word in
        --tag=*) touch "$state/images/$(echo "${word#--tag=}" | tr / _)" ;;
        --secret=id=pip,src=*) cp "${word#--secret=id=pip,src=}" "$state/pip.conf" ;;
      esac
    done
    ;;
esac
"""


@dataclass(frozen=True)
class FakeEngine:
    """The state of the fake engine."""

    folder: Path

    @property
    def command(self) -> Path:
        return self.folder / "bin" / "docker"

    def hold(self, tag: str) -> None:
        (self.folder / "images" / tag.replace("/", "_")).touch()

    def calls(self, word: str) -> list[str]:
        """The calls that hold a word."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if f" {word} " in f" {line} "]


@pytest.fixture
def fake_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine(tmp_path / "engine")
    engine.command.parent.mkdir(parents=True)
    (engine.folder / "images").mkdir()
    engine.command.write_text(FAKE_DOCKER)
    engine.command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{engine.command.parent}{os.pathsep}{os.environ['PATH']}")
    return engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "work"


def built(folder: Path, *names: str, lines: list[str] | None = None) -> dict[str, str]:
    said: list[str] = [] if lines is None else lines
    return build(names, docker_host="unix:///x", lock_dir=folder, log_dir=folder / "logs", progress=said.append)


def tag(name: str) -> str:
    return image_tag(load().find(name))


def test_an_image_is_built_on_the_base_with_its_version_and_the_hosts_settings_as_secrets(
    fake_engine: FakeEngine, folder: Path
) -> None:
    fake_engine.hold(base_tag())
    assert built(folder, "litellm") == {"litellm": tag("litellm")}
    (call,) = fake_engine.calls("build")
    assert f"--build-arg=BASE={base_tag()}" in call
    assert "--build-arg=LITELLM_VERSION=1.81.12" in call
    assert "--secret=id=pip,src=" in call
    assert "[global]" in (fake_engine.folder / "pip.conf").read_text()


def test_an_image_with_a_go_program_is_built_after_the_toolchain_and_from_it(
    fake_engine: FakeEngine, folder: Path
) -> None:
    fake_engine.hold(base_tag())
    built(folder, "traefik")
    toolchain, call = fake_engine.calls("build")
    assert f"--tag={go_tag()}" in toolchain
    assert f"--build-arg=GO={go_tag()}" in call
    assert "--secret=id=go,src=" in call


def test_an_image_without_a_go_program_needs_no_toolchain(fake_engine: FakeEngine, folder: Path) -> None:
    fake_engine.hold(base_tag())
    built(folder, "postgres")
    assert len(fake_engine.calls("build")) == 1


def test_the_settings_are_gone_when_the_build_is_over(fake_engine: FakeEngine, folder: Path) -> None:
    fake_engine.hold(base_tag())
    built(folder, "postgres")
    (call,) = fake_engine.calls("build")
    paths = [Path(word.partition("src=")[2]) for word in call.split() if word.startswith("--secret=id=pip")]
    assert [path.exists() for path in paths] == [False]


def test_the_value_of_a_proxy_stands_in_no_command_line(
    fake_engine: FakeEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pw@proxy.example")
    fake_engine.hold(base_tag())
    built(folder, "postgres")
    (call,) = fake_engine.calls("build")
    assert "--build-arg=HTTPS_PROXY " in call
    assert "proxy.example" not in call


def test_an_image_that_is_there_is_not_built_again(fake_engine: FakeEngine, folder: Path) -> None:
    fake_engine.hold(tag("postgres"))
    assert built(folder, "postgres") == {"postgres": tag("postgres")}
    assert fake_engine.calls("build") == []


def test_two_builders_at_once_build_an_image_once(
    fake_engine: FakeEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SLOW", "1")
    fake_engine.hold(base_tag())
    builders = [threading.Thread(target=built, args=(folder, "postgres")) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert len(fake_engine.calls("build")) == 1


def test_progress_is_one_line_a_step_and_the_log_holds_everything(fake_engine: FakeEngine, folder: Path) -> None:
    fake_engine.hold(base_tag())
    lines: list[str] = []
    built(folder, "postgres", lines=lines)
    assert lines == ["postgres:18.4: [wheel 2/4] RUN something", f"postgres:18.4: built {tag('postgres')}"]
    assert "what the step printed" in (folder / "logs" / "postgres-18.4.log").read_text()


def test_a_failed_build_says_what_the_step_printed_and_names_the_log(
    fake_engine: FakeEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_FAILS", "1")
    fake_engine.hold(base_tag())
    with pytest.raises(ImageBuildError) as caught:
        built(folder, "postgres")
    assert "what the step printed" in str(caught.value)
    assert str(folder / "logs" / "postgres-18.4.log") in str(caught.value)


def test_an_engine_that_is_down_is_no_missing_image(
    fake_engine: FakeEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_DOWN", "1")
    with pytest.raises(HostError, match=r"engine unix:///x: Cannot connect"):
        built(folder, "postgres")


def test_an_unknown_image_is_refused_before_anything_is_done(fake_engine: FakeEngine, folder: Path) -> None:
    with pytest.raises(ImageTableError, match="no image 'mysql'"):
        built(folder, "mysql")
    assert fake_engine.calls("build") == []


def test_the_command_line_ends_with_one_line_and_code_1_when_a_name_is_wrong(
    fake_engine: FakeEngine, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mysql", "--lock-dir", str(folder), "--log-dir", str(folder)]) == 1
    assert capsys.readouterr().err.startswith("images: images.json: found no image 'mysql'")


def test_the_command_line_prints_name_and_tag(
    fake_engine: FakeEngine, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_engine.hold(tag("postgres"))
    assert main(["postgres", "--lock-dir", str(folder), "--log-dir", str(folder)]) == 0
    assert capsys.readouterr().out == f"postgres {tag('postgres')}\n"


def test_a_newer_docker_command_counts_only_with_buildx(
    fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(fake_engine.command.parent)
    monkeypatch.setenv("FAKE_VERSION", "28.2.2")
    with pytest.raises(HostError, match="apt-get install docker"):
        find_docker(path)
    monkeypatch.setenv("FAKE_BUILDX", "0")
    assert find_docker(path) == str(fake_engine.command)


def test_the_docker_command_of_debian_counts_as_it_is(fake_engine: FakeEngine) -> None:
    assert find_docker(str(fake_engine.command.parent)) == str(fake_engine.command)


def test_without_output_of_a_step_the_last_line_of_the_log_is_the_cause(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("W: something\nE: no mirror\n------\n\n")
    assert cause(log) == "E: no mirror"


def test_a_base_that_cannot_be_packed_to_the_end_reaches_no_engine(fake_engine: FakeEngine, tmp_path: Path) -> None:
    tree, log = tmp_path / "tree", tmp_path / "log"
    tree.mkdir()
    engine = Engine(command=str(fake_engine.command), host="unix:///x")
    with pytest.raises(ImageBuildError, match="base:1: importing the base system failed: tar: "):
        engine.import_tree(tree, tmp_path / "absent", "base:1", log)
    assert fake_engine.calls("import") == []


def test_a_packed_base_is_imported_whole_without_what_is_excluded(fake_engine: FakeEngine, tmp_path: Path) -> None:
    tree, excluded = tmp_path / "tree", tmp_path / "excluded"
    tree.mkdir()
    (tree / "kept").touch()
    (tree / "left-out").touch()
    excluded.write_text("./left-out\n")
    Engine(command=str(fake_engine.command), host="unix:///x").import_tree(tree, excluded, "base:1", tmp_path / "log")
    (call,) = fake_engine.calls("import")
    with tarfile.open(call.split()[-2]) as archive:
        assert archive.getnames() == [".", "./kept"]


def test_all_errors_of_the_package_can_be_caught_as_one() -> None:
    assert issubclass(HostError, ImagesError)
    assert issubclass(ImageBuildError, ImagesError)
