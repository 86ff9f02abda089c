"""The tag of an image follows everything that it is built from, and nothing else."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from airgap.images.content import base_tag, image_tag
from airgap.images.table import FOLDER, Image, load


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "images", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def litellm() -> Image:
    return load().find("litellm")


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def test_the_tag_does_not_depend_on_where_the_project_lies(root: Path) -> None:
    assert image_tag(litellm(), root) == image_tag(litellm())


def test_the_tag_carries_the_true_version() -> None:
    assert image_tag(litellm()).startswith("llmproxy-airgap/litellm:1.81.12-")


def test_a_change_of_any_file_of_an_image_changes_its_tag(root: Path) -> None:
    image = load().find("postgres")
    for path in files(root / "postgres"):
        before = image_tag(image, root)
        path.write_bytes(path.read_bytes() + b"#")
        assert image_tag(image, root) != before, path


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: (folder / "new.txt").write_text(""), id="a new file"),
        pytest.param(lambda folder: (folder / "requirements.txt").unlink(), id="a removed file"),
        pytest.param(lambda folder: (folder / "requirements.txt").rename(folder / "r.txt"), id="a new name"),
        pytest.param(lambda folder: (folder / "docker-entrypoint.sh").chmod(0o644), id="a lost run bit"),
    ],
)
def test_what_is_more_than_content_changes_the_tag(root: Path, change: Callable[[Path], object]) -> None:
    image = load().find("postgres")
    before = image_tag(image, root)
    change(root / "postgres")
    assert image_tag(image, root) != before


def test_a_change_of_the_base_changes_every_image(root: Path) -> None:
    before = {image.key: image_tag(image, root) for image in load().images}
    (root / "base" / "packages.txt").write_text("python3\n")
    assert base_tag(root) != base_tag()
    assert all(image_tag(image, root) != before[image.key] for image in load().images)


def test_a_change_of_the_go_toolchain_changes_the_images_with_a_go_program_only(root: Path) -> None:
    traefik, postgres = load().find("traefik"), load().find("postgres")
    before = {image.key: image_tag(image, root) for image in (traefik, postgres)}
    (root / "go" / "requirements.txt").write_text("")
    assert image_tag(traefik, root) != before[traefik.key]
    assert image_tag(postgres, root) == before[postgres.key]


def test_the_lock_of_another_version_does_not_change_the_tag(root: Path) -> None:
    before = image_tag(litellm(), root)
    (root / "litellm" / "versions" / "1.109.1" / "litellm.txt").write_text("")
    assert image_tag(litellm(), root) == before
    (root / "litellm" / "versions" / "1.81.12" / "litellm.txt").write_text("")
    assert image_tag(litellm(), root) != before


def test_a_build_argument_changes_the_tag() -> None:
    image = litellm()
    assert image_tag(replace(image, build_arguments={"LITELLM_VERSION": "2"})) != image_tag(image)
