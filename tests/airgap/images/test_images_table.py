"""The table of images: what it holds, and what it refuses."""

import json
from pathlib import Path

import pytest

from airgap.images.errors import ImageTableError
from airgap.images.table import FOLDER, OfficialImage, load

ROW = {
    "name": "db",
    "version": "1",
    "default": True,
    "folder": "db",
    "buildArguments": {},
    "official": {"reference": "db:1", "digest": None, "digestSource": None},
}


def written(folder: Path, *rows: object) -> Path:
    path = folder / "images.json"
    path.write_text(json.dumps({"images": list(rows)}))
    return path


def test_every_row_has_a_folder_with_a_dockerfile() -> None:
    for image in load().images:
        assert (FOLDER / image.folder / "Dockerfile").is_file(), image.key


def test_every_litellm_version_of_the_table_has_its_locks_and_no_lock_is_left_over() -> None:
    versions = {image.version for image in load().images if image.name == "litellm"}
    folders = {path.name for path in (FOLDER / "litellm" / "versions").iterdir()}
    assert versions == folders


def test_the_version_of_a_litellm_row_is_the_one_that_its_build_argument_and_lock_name() -> None:
    for image in load().images:
        if image.name == "litellm":
            lock = (FOLDER / "litellm" / "versions" / image.version / "litellm.txt").read_text()
            assert image.build_arguments == {"LITELLM_VERSION": image.version}
            assert f"litellm=={image.version} " in lock


def test_a_digest_comes_with_its_source() -> None:
    for image in load().images:
        assert (image.official.digest is None) == (image.official.digest_source is None), image.key


def test_the_default_version_is_found_by_name_alone_and_any_version_by_name_and_version() -> None:
    assert load().find("litellm").version == "1.81.12"
    assert load().find("litellm:1.109.1").version == "1.109.1"


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ImageTableError, match=r"'mysql'; allowed are postgres:18\.4, litellm:1\.81\.12"):
        load().find("mysql")


def test_a_known_digest_pins_the_reference() -> None:
    assert OfficialImage("db:1", "sha256:abc", "x").pinned == "db:1@sha256:abc"
    assert OfficialImage("db:1", None, None).pinned == "db:1"


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([{**ROW, "version": 1}], r"images\[0\]\.version: found 1; allowed is str"),
        ([{**ROW, "digest": "x"}], r"images\[0\]: found the fields .*digest.*; allowed are exactly"),
        ([{**ROW, "official": {"reference": "db:1"}}], r"images\[0\]\.official: found the fields reference"),
        ([{**ROW, "default": False}], "db has 0 default versions; allowed is one"),
        ([ROW, {**ROW, "version": "2"}], "db has 2 default versions; allowed is one"),
        (["db"], r"images\[0\]: found str; allowed is an object"),
    ],
)
def test_a_malformed_row_is_refused_with_its_place(tmp_path: Path, rows: list[object], complaint: str) -> None:
    with pytest.raises(ImageTableError, match=complaint):
        load(written(tmp_path, *rows))


def test_a_table_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "images.json"
    path.write_text("{")
    with pytest.raises(ImageTableError, match="not valid JSON"):
        load(path)
